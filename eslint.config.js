import tseslint from 'typescript-eslint';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';

/** Sources of nondeterminism, banned in everything that can reach a trace hash (ARCHITECTURE.md, "Determinism"). */
const ambient = [
  { object: 'Math', property: 'random', message: 'Draw from a stream of the world (ports.random).' },
  { object: 'Math', property: 'pow', message: 'Differs between Node versions; use integers.' },
  { object: 'Math', property: 'exp', message: 'Differs between Node versions; use an integer table.' },
  { object: 'Math', property: 'log', message: 'Differs between Node versions; use an integer table.' },
  { object: 'Math', property: 'log2', message: 'Differs between Node versions; use Math.clz32.' },
  { object: 'Math', property: 'log10', message: 'Differs between Node versions; use integers.' },
  { object: 'Math', property: 'sin', message: 'Differs between Node versions.' },
  { object: 'Math', property: 'cos', message: 'Differs between Node versions.' },
  { object: 'Math', property: 'tan', message: 'Differs between Node versions.' },
  { object: 'Date', property: 'now', message: 'Ask the clock of the port.' },
  { object: 'performance', property: 'now', message: 'Ask the clock of the port.' },
  { property: 'localeCompare', message: 'Depends on the locale; compare code units.' },
  { property: 'toSorted', message: 'Give sort a total order through a named comparator.' },
];
const ambientGlobals = [
  'Date',
  'Intl',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'process',
  'performance',
  'crypto',
  'fetch',
  'Promise',
].map((name) => ({ name, message: 'core/ and sim/ are synchronous and deterministic: use the ports.' }));
const ambientSyntax = [
  { selector: "BinaryExpression[operator='**']", message: 'Differs between Node versions; use integers.' },
  { selector: "MemberExpression[property.name='stack']", message: 'Error.stack differs between runtimes.' },
  {
    selector: ':matches(FunctionDeclaration, FunctionExpression, ArrowFunctionExpression)[async=true]',
    message: 'No promises in core/ and sim/.',
  },
  { selector: 'AwaitExpression', message: 'No promises in core/ and sim/.' },
  {
    selector: "CallExpression[callee.property.name='sort'][arguments.length=0]",
    message: 'Sort by a total order that is written down.',
  },
];

/** The floors: a zone says what a folder may not import. Tests obey as well. */
const rooms = ['core', 'sim', 'properties', 'reports', 'scenarios'];
const allowed = {
  core: [],
  sim: ['core/ports.ts'],
  properties: ['core/observe.ts'],
  reports: ['core/observe.ts'],
};
const zones = Object.entries(allowed).flatMap(([room, exceptions]) =>
  rooms
    .filter((other) => other !== room)
    .map((other) => ({
      target: `./${room}`,
      from: `./${other}`,
      except: exceptions
        .filter((e) => e.startsWith(`${other}/`))
        .map((e) => `./${e.slice(other.length + 1)}`),
      message: `${room}/ may import its own room${exceptions.length > 0 ? ` and ${exceptions.join(', ')}` : ''} only (ARCHITECTURE.md, "Floors").`,
    })),
);

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'stormglass-out/**', 'docs-out/**', 'coverage/**'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.js'] })] },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-self-import': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'prefer-const': 'error',
      'object-shorthand': 'error',
    },
  },
  {
    files: ['core/**/*.ts', 'sim/**/*.ts'],
    ignores: ['core/host/**', '**/*.test.ts'],
    rules: {
      'no-restricted-properties': ['error', ...ambient],
      'no-restricted-globals': ['error', ...ambientGlobals],
      'no-restricted-syntax': ['error', ...ambientSyntax],
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^(node:|fs$|os$|path$|crypto$)', message: 'No I/O in core/ and sim/.' }] },
      ],
    },
  },
  {
    files: ['scenarios/cli/**', 'scenarios/bench/**', 'scenarios/golden/main.ts'],
    rules: { 'no-console': 'off' },
  },
);
