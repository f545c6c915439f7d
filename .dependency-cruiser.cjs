/** The layout's rules: who may know whom. Run as a test by test/arch. */
const only = (name, from, to, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from },
  to: { pathNot: to, dependencyTypesNot: ['core'] },
});

/** A driver package is imported in one folder and nowhere else. */
const driver = (packagePattern, folder) => ({
  name: `driver ${packagePattern} only in ${folder}`,
  severity: 'error',
  from: { path: '^(server|shared|emails)/', pathNot: `^${folder}` },
  to: { path: `^node_modules/(${packagePattern})/` },
});

module.exports = {
  forbidden: [
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no dead files',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [
          '^server/(main|cli/[a-z]+)\\.ts$',
          '^(drizzle|eslint|test/vitest)\\.config',
          '^test/',
          '^\\.',
        ],
      },
      to: {},
    },
    only(
      'shared imports zod only',
      '^shared/',
      ['^shared/', '^node_modules/zod/'],
      'a browser may import it',
    ),
    only('domain knows domain, ports, limits and money', '^server/domain/', [
      '^server/(domain|ports)/',
      '^server/limits\\.ts$',
      '^shared/money\\.ts$',
      '^node_modules/lru-cache/',
    ]),
    only(
      'ports know nothing of the domain',
      '^server/ports/',
      ['^server/ports/', '^server/limits\\.ts$', '^shared/'],
      'a port that speaks of the domain stands with its owner in the domain',
    ),
    only('channels know no product', '^server/channels/', [
      '^server/(channels|ports)/',
      '^server/limits\\.ts$',
      '^shared/',
    ]),
    only('consumers see services and events', '^server/consumers/', [
      '^server/(consumers|channels|domain)/',
      '^server/limits\\.ts$',
      '^server/ports/(clock|errors)\\.ts$',
      '^shared/',
    ]),
    only('workers see ports, domain and letters', '^server/workers/', [
      '^server/(workers|ports|domain)/',
      '^server/limits\\.ts$',
      '^emails/',
      '^shared/',
    ]),
    {
      name: 'consumers are strangers',
      severity: 'error',
      from: { path: '^server/consumers/([a-z]+)/' },
      to: { path: '^server/consumers/[a-z]+/', pathNot: '^server/consumers/$1/' },
    },
    {
      name: 'what protocols share names none of them',
      severity: 'error',
      from: { path: '^server/consumers/[a-zA-Z]+\\.ts$' },
      to: { path: '^server/consumers/[a-z]+/' },
    },
    {
      name: 'only the list of protocols and REST name a protocol',
      severity: 'error',
      from: { path: '^server/', pathNot: '^server/(consumers/|protocols\\.ts$|http/)' },
      to: { path: '^server/consumers/[a-z]+/' },
    },
    {
      name: 'engines are strangers',
      severity: 'error',
      comment: 'what several engines need stands in engines/support',
      from: { path: '^server/engines/([^/]+)/' },
      to: { path: '^server/engines/[^/]+/', pathNot: '^server/engines/($1|support)/' },
    },
    {
      name: 'only composition roots reach engines',
      severity: 'error',
      from: {
        path: '^(server|shared|emails)/',
        pathNot: '^server/(engines/|main\\.ts$|cli/|app\\.ts$|services\\.ts$)',
      },
      to: { path: '^server/engines/' },
    },
    {
      name: 'app and services see engines as types',
      severity: 'error',
      from: { path: '^server/(app|services)\\.ts$' },
      to: { path: '^server/engines/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'the server never imports tests',
      severity: 'error',
      from: { path: '^(server|shared|emails)/' },
      to: { path: '^test/' },
    },
    driver('mysql2|libsql|drizzle-orm', 'server/engines/store/'),
    driver('bull', 'server/engines/queue/'),
    driver('ioredis', 'server/engines/(queue|layer|presence|support)/'),
    driver('standardwebhooks', 'server/engines/backend/'),
    driver('nodemailer', 'server/engines/mailer/'),
    driver(
      'uWebSockets\\.js|ws|socket\\.io|socket\\.io-parser|@hono/node-server',
      'server/engines/transport/',
    ),
    driver('livekit-server-sdk|@livekit/protocol', 'server/engines/media/'),
    driver('pino', 'server/engines/log/'),
    driver('prom-client', 'server/engines/metrics/'),
    driver('jsonwebtoken', 'server/engines/identity/'),
    driver('react|react-dom|@react-email/[a-z-]+', 'emails/'),
    driver('hono|@hono/zod-openapi', 'server/http/'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types'] },
  },
};
