/** Beyond those of any run before: a server answers an id that it knows with what it answered then. */
let last = Date.now() * 1000;

/** A number that no message had before. */
export function newMessageId(): number {
  last += 1;
  return last;
}
