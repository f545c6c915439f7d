/** Milliseconds by the clock of Redis, which all nodes share. */
const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function lives(node, nodes, lifetime)
  local score = redis.call('ZSCORE', nodes, node)
  return score and now - score < lifetime
end
`;

/** Renews a node's entry. KEYS: nodes. ARGV: node, lifetime. Gives whether it lived until now, and the dead nodes. */
export const RENEW = `${NOW}
local lived = lives(ARGV[1], KEYS[1], tonumber(ARGV[2])) and 1 or 0
redis.call('ZADD', KEYS[1], now, ARGV[1])
return { lived, redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2]) }
`;

/** Takes out a node that is still dead. KEYS: nodes. ARGV: node, lifetime. */
export const FORGET = `${NOW}
if not lives(ARGV[1], KEYS[1], tonumber(ARGV[2])) then redis.call('ZREM', KEYS[1], ARGV[1]) end
return 1
`;

/** Sets a node's count of a key. KEYS: the counts of the key, the keys of the node. ARGV: node, count, key. */
export const SET = `
if tonumber(ARGV[2]) > 0 then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
  redis.call('SADD', KEYS[2], ARGV[3])
else
  redis.call('HDEL', KEYS[1], ARGV[1])
  redis.call('SREM', KEYS[2], ARGV[3])
end
return 1
`;

/** Reads the counts of a key. KEYS: the counts of the key, nodes. ARGV: lifetime. Gives node, count, node, count … */
export const COUNTS = `${NOW}
local all = redis.call('HGETALL', KEYS[1])
local living = {}
for index = 1, #all, 2 do
  if lives(all[index], KEYS[2], tonumber(ARGV[1])) then
    table.insert(living, all[index])
    table.insert(living, all[index + 1])
  end
end
return living
`;

/**
 * Takes a dead node out of a key. KEYS: the counts of the key, the keys of the node, nodes. ARGV: node, lifetime, key.
 * Gives 0 where there was nothing to take out, or the node lives again; 1 where others are left; 2 where none is.
 */
export const TAKE_OUT = `${NOW}
local lifetime = tonumber(ARGV[2])
if lives(ARGV[1], KEYS[3], lifetime) then return 0 end
redis.call('SREM', KEYS[2], ARGV[3])
if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
for _, node in ipairs(redis.call('HKEYS', KEYS[1])) do
  if lives(node, KEYS[3], lifetime) then return 1 end
end
return 2
`;
