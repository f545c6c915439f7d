/** The Node versions (16, 18, 20) that the installed uWebSockets.js has native builds for, by their module version. */
const UWS_MODULE_VERSIONS = ['93', '108', '115'];

/** False where uWebSockets.js has no native build for the running Node: what needs it is skipped. */
export const hasUws = UWS_MODULE_VERSIONS.includes(process.versions.modules);

/** The transports that can serve here, for suites that run on each of them. */
export const TRANSPORTS = hasUws ? (['uws', 'ws'] as const) : (['ws'] as const);
