/** An auction's id as it stands in a path; `null` when that text cannot be one. */
export function parseAuctionId(text: string | undefined): number | null {
  if (text === undefined || !/^[1-9]\d{0,15}$/.test(text)) return null;
  const id = Number(text);
  return Number.isSafeInteger(id) ? id : null;
}
