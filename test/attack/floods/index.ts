import { comments } from './comments.ts';
import { commentsCrowd } from './commentsCrowd.ts';
import { deepEarly } from './deepEarly.ts';
import { flapping } from './flapping.ts';
import type { Flood } from './flood.ts';
import { fragments } from './fragments.ts';
import { frames } from './frames.ts';
import { heartbeats } from './heartbeats.ts';
import { hoarding } from './hoarding.ts';
import { http } from './http.ts';
import { receipts } from './receipts.ts';
import { reconnecting } from './reconnecting.ts';
import { rest } from './rest.ts';
import { stalled } from './stalled.ts';
import { tokens } from './tokens.ts';
import { unknownAuctions } from './unknownAuctions.ts';

/** Every flood there is, in the order in which they are run. */
export const FLOODS: readonly Flood[] = [
  deepEarly,
  receipts,
  unknownAuctions,
  comments,
  commentsCrowd,
  flapping,
  hoarding,
  reconnecting,
  rest,
  fragments,
  stalled,
  frames,
  http,
  tokens,
  heartbeats,
];
