/** Whether what was sent to MySQL ends with a commit, be it alone or the last of a compound statement. */
export function endsWithCommit(sent: Buffer): boolean {
  return /COMMIT(;END)?$/.test(sent.toString('latin1'));
}
