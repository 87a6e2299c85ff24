/** XML 1.0 written as text: elements with attributes, whatever characters names and messages hold. */
import { visible } from './visible-text.ts';

const entities: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/**
 * A text between tags. Characters that XML 1.0 forbids, even as references, are written as `\u001b`
 * (https://www.w3.org/TR/xml/#charsets); `>` is escaped, so that no text ends a CDATA section.
 */
export function xmlText(text: string): string {
  return visible(text).replace(/[&<>]/g, (one) => entities[one]!);
}

/** Line ends and tabs of attributes as references: a parser would make spaces of them (section 3.3.3). */
function xmlAttribute(text: string): string {
  return visible(text).replace(/[&<>"\n\t]/g, (one) => entities[one]!);
}

/**
 * An element, children in lines of their own. Attributes that are null are left out.
 * @param name of the element, and names of attributes: constants of ours
 * @param content child elements, or the text, which is kept as it is
 */
export function element(
  name: string,
  attributes: { readonly [name: string]: string | number | null },
  content: readonly string[] | string = [],
): string {
  const given = Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => ` ${key}="${xmlAttribute(String(value))}"`)
    .join('');
  if (content.length === 0) return `<${name}${given}/>`;
  if (typeof content === 'string') return `<${name}${given}>${xmlText(content)}</${name}>`;
  return `<${name}${given}>\n${content.join('\n')}\n</${name}>`;
}
