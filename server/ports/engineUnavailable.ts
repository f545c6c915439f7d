/** An engine that was asked for cannot be used; the message is one line and holds no password. */
export class EngineUnavailable extends Error {
  override readonly name = 'EngineUnavailable';
}
