/** What `Child.start` was given: whatever the parent, which is this benchmark, too, has sent. */
export function settingsOfChild(): unknown {
  return JSON.parse(process.argv[2] ?? '{}');
}

/** Sends a message to the process that started this one, and ends with it. */
export function tellParent(message: object): void {
  process.send?.(message);
}

/** Ends this process when its parent is gone, even if that was killed. */
export function endWithParent(): void {
  process.once('disconnect', () => process.exit());
}
