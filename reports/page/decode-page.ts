/** Reads a page's data again, where it is drawn: browsers inflate by themselves (Compression Streams, https://compression.spec.whatwg.org). */
import { pageOfBytes } from './page-columns.ts';
import type { RunPage } from './run-page.ts';

/** The page that `encodePage` wrote. Rejects where the text is no such data, or of another version. */
export async function decodePage(text: string): Promise<RunPage> {
  const binary = atob(text.trim());
  const deflated = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) deflated[i] = binary.charCodeAt(i);
  const inflated = new Blob([deflated]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return pageOfBytes(new Uint8Array(await new Response(inflated).arrayBuffer()));
}
