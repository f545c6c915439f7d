import type { LimitName } from '../limits.ts';
import type { SocketIoNamespace } from '../ports/transport.ts';
import type { Audience } from './consumer.ts';
import type { Dialect } from './dialect.ts';
import type { WireMessage } from './message.ts';

/**
 * A path on which sockets are accepted, and on which only these messages are sent. A segment that starts with `:` gives
 * its text a name.
 */
export interface Route<Message extends WireMessage = WireMessage> {
  /** Written with a slash at the end; the path is accepted without it as well. Metrics and logs call it that. */
  readonly pattern: string;
  readonly audience: Audience<Message>;
  readonly dialect: Dialect<Message>;
  /** The limit on new connections of one address a minute, counted over all routes with the same. */
  readonly connectionLimit: LimitName;
  /** True: that limit holds over any 60 s. Otherwise a minute's worth may come at once and the rest over the minute. */
  readonly isConnectionLimitExact?: boolean;
  /** The namespace that Socket.IO clients reach the same consumer by, where its protocol has one. */
  readonly namespace?: SocketIoNamespace;
  /** Which field of a Socket.IO client's query, or of its `auth`, stands for each name of the path. */
  readonly namespaceFields?: Readonly<Record<string, string>>;
}

/** A route that Socket.IO clients reach too. */
export type NamespaceRoute = Route & { readonly namespace: SocketIoNamespace };

/** The routes that Socket.IO clients reach, by the names of their namespaces, which are their patterns then. */
export function namespaceRoutes(routes: readonly Route[]): ReadonlyMap<string, NamespaceRoute> {
  const reached = routes.filter((route) => hasNamespace(route));
  return new Map(
    reached.map((route) => {
      const { name } = route.namespace;
      return [name, { ...route, pattern: `socket.io ${name}` }];
    }),
  );
}

function hasNamespace(route: Route): route is NamespaceRoute {
  return route.namespace !== undefined;
}

/** A route and what stood in its path. */
export interface RouteMatch {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the route of a path. The first that fits is taken. */
export function createRouter(routes: readonly Route[]): (path: string) => RouteMatch | null {
  const compiled = routes.map((route) => ({ route, segments: segmentsOf(route.pattern) }));
  return (path) => {
    const given = segmentsOf(path);
    for (const { route, segments } of compiled) {
      const params = match(segments, given);
      if (params !== null) return { route, params };
    }
    return null;
  };
}

function segmentsOf(path: string): string[] {
  const segments = path.split('/').slice(1);
  if (segments.at(-1) === '') segments.pop();
  return segments;
}

function match(pattern: readonly string[], given: readonly string[]): Record<string, string> | null {
  if (pattern.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const segment = given[index] ?? '';
    if (expected.startsWith(':')) params[expected.slice(1)] = segment;
    else if (expected !== segment) return null;
  }
  return params;
}
