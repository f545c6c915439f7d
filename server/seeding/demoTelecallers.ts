import type { SeedTelecaller, SeedUser } from './seedStore.ts';

const JANE_SMITH = 15;
const SANA_NOOR = 16;
const NEW_TELECALLER = 17;

/** Who the demo's telecallers are. */
export const TELECALLER_USERS: readonly SeedUser[] = [
  user(JANE_SMITH, 'jane_smith', 'Jane Smith', 'avatar-3'),
  user(SANA_NOOR, 'sana_noor', 'Sana Noor', 'avatar-7'),
  user(NEW_TELECALLER, 'new_telecaller', 'Farah Aziz', null),
];

/** One at the house's rates, one at her own, and one who cannot be called yet. */
export const TELECALLERS: readonly SeedTelecaller[] = [
  {
    userId: JANE_SMITH,
    language: 'hindi',
    about: 'Experienced telecaller with 5 years of experience.',
    isApproved: true,
    audioCoinsPerMinute: null,
    videoCoinsPerMinute: null,
  },
  {
    userId: SANA_NOOR,
    language: 'urdu',
    about: 'A patient listener, on weekdays and at night.',
    isApproved: true,
    audioCoinsPerMinute: 5,
    videoCoinsPerMinute: 12,
  },
  {
    userId: NEW_TELECALLER,
    language: 'punjabi',
    about: 'New here.',
    isApproved: false,
    audioCoinsPerMinute: null,
    videoCoinsPerMinute: null,
  },
];

function user(id: number, username: string, name: string, profile: string | null): SeedUser {
  return {
    id,
    username,
    name,
    type: 'Normal',
    number: `+9230055501${id}`,
    email: `${username}@example.com`,
    role: 'telecaller',
    isBlocked: false,
    brandName: null,
    biography: null,
    isVerified: false,
    profile,
    coins: 0,
  };
}
