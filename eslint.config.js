import tseslint from 'typescript-eslint';

/** Time, timers and randomness come from the clock port; they are named here so that nobody reaches past it. */
const CLOCK_GLOBALS = ['setTimeout', 'setInterval', 'setImmediate', 'performance'].map((name) => ({
  name,
  message: 'Take the Clock port as an argument.',
}));
const CLOCK_PROPERTIES = [
  { object: 'Date', property: 'now', message: 'Take the Clock port as an argument.' },
  { object: 'Math', property: 'random', message: 'Take the Clock port as an argument.' },
];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.data/', '.stryker-tmp*/', 'migrations/'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js'] } } },
    rules: {
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': ['error', { max: 70 }],
      'no-unused-private-class-members': 'error',
      'no-promise-executor-return': 'off',
      'no-empty': ['error', { allowEmptyCatch: false }],
      eqeqeq: 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['server/**/*.ts'],
    ignores: ['server/engines/clock/**'],
    rules: {
      'no-restricted-globals': ['error', ...CLOCK_GLOBALS],
      'no-restricted-properties': ['error', ...CLOCK_PROPERTIES],
    },
  },
  {
    files: ['server/**/*.ts', 'shared/**/*.ts', 'emails/**/*.tsx'],
    ignores: ['server/config.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: 'server/config.ts is the only reader of the environment.',
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  { files: ['eslint.config.js', '.dependency-cruiser.cjs'], ...tseslint.configs.disableTypeChecked },
);
