/** One bound of the server: its default, its unit (in the name) and what happens at it. 0 switches it off. */
interface Limit {
  readonly value: number;
  readonly then: string;
}

/**
 * Every bound there is (DESIGN §8). Each is set by an environment variable: `maxFrameBytes` by
 * `LIMIT_MAX_FRAME_BYTES`.
 */
export const LIMITS = {
  maxFrameBytes: limit(16 * 1024, 'a larger message closes its socket with 1009'),
  maxBodyBytes: limit(64 * 1024, 'a larger REST body is answered 413'),
  maxBufferedBytes: limit(1024 * 1024, 'a socket with more waiting to be sent is closed'),
  totalBufferedBytes: limit(64 * 1024 * 1024, 'sockets with the most waiting to be sent are closed'),
  listBytes: limit(32 * 1024, 'a list of bids or comments holds the newest that fit'),
  messageBurst: limit(20, 'messages a connection may send at once; further ones get rate_limited'),
  messagesPerSecond: limit(10, 'messages a connection may send for long; further ones get rate_limited'),
  rateStrikes: limit(3, 'that many rate_limited errors within 10 s close with 4429'),
  userMessageBurst: limit(100, 'messages a user may send at once over all connections'),
  userMessagesPerSecond: limit(30, 'messages a user may send for long over all connections'),
  userBidBurst: limit(40, 'bids a user may place at once over all connections'),
  userBidsPerSecond: limit(20, 'bids a user may place for long over all connections'),
  commentBurst: limit(5, 'comments a user may send at once; further ones get rate_limited'),
  commentsPerMinute: limit(30, 'comments a user may send for long; further ones get rate_limited'),
  joinBurst: limit(60, 'joins and leaves a user may ask for at once; further ones get rate_limited'),
  joinsPerMinute: limit(240, 'joins and leaves a user may ask for; further ones get rate_limited'),
  restBurst: limit(100, 'REST requests a user or an address may send at once'),
  restRequestsPerSecond: limit(20, 'REST requests a user or an address may send for long'),
  connectionsPerUser: limit(50, 'the oldest socket of a user with more is closed with 4409'),
  openConnectionsPerAddress: limit(0, 'the oldest socket of an address with more is closed with 4409'),
  connectionsPerMinute: limit(600, 'further connections from one address are answered HTTP 429'),
  otpPerMinute: limit(30, 'further codes asked for or tried from one address are answered HTTP 429'),
  otpMessagesPerHour: limit(5, 'further codes asked for by one number are answered HTTP 429'),
  otpMessagesPerDay: limit(10, 'further codes asked for by one number are answered HTTP 429'),
  smsPerMinute: limit(60, 'further codes asked for by anyone are answered HTTP 429'),
  identityWaitMs: limit(10_000, 'a socket whose token is not verified by then is closed with 4408'),
  earlyBytes: limit(32 * 1024, 'more sent before the token is verified closes with 4408'),
  pingEveryMs: limit(25_000, 'a socket silent that long is pinged'),
  idleMs: limit(60_000, 'a socket silent that long, pongs included, is closed with 4408'),
  receiptsPerUser: limit(1_000, 'older outcomes of a user are forgotten before their five minutes'),
  receiptBytes: limit(32 * 1024 * 1024, 'the oldest outcomes are forgotten before their five minutes'),
  lookupsPerUser: limit(100, 'further look-ups of auctions not in memory are refused busy'),
  laneCommands: limit(10_000, 'further commands waiting for one auction are refused busy'),
  ringPauseAfterMs: limit(4_000, 'a ring whose auctioneer has been gone that long is paused'),
  ringCloseAfterMs: limit(60_000, 'a ring whose auctioneer has been gone that long is closed'),
  callRingMs: limit(30_000, 'a call that nobody has answered by then is missed'),
  callAbsentMs: limit(60_000, 'a call ends when one side has been away from its room that long'),
  callConnectionsPerMinute: limit(10, 'further connections for calls from one address are answered HTTP 429'),
  callInitiatesPerMinute: limit(5, 'further calls that a user begins are refused'),
  callCancelsPerMinute: limit(20, 'further calls that a user cancels are refused'),
  callEndsPerMinute: limit(20, 'further calls that a user ends are refused'),
  drainMs: limit(30_000, 'a shutdown that takes longer is cut short'),
} as const satisfies Record<string, Limit>;

/** The name of a limit. */
export type LimitName = keyof typeof LIMITS;

/** The limits in force; 0 means none. */
export type Limits = Readonly<Record<LimitName, number>>;

function limit(value: number, then: string): Limit {
  return { value, then };
}
