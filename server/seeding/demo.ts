import type { SeedAuction, SeedData, SeedFeedback, SeedUser } from './seedStore.ts';
import { BARAKA_HOST, demoSales, GOLD, SILVER } from './demoSales.ts';
import { TELECALLER_USERS, TELECALLERS } from './demoTelecallers.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const BUYERS = [
  'Ayesha Khan',
  'Bilal Ahmed',
  'Hina Malik',
  'Omar Farooq',
  'Maryam Shah',
  'Usman Tariq',
  'Noor Fatima',
  'Hamza Ali',
  'Rabia Saleem',
];
const BLOCKED_ID = 10;
/** So many of the buyers have a picture. */
const PICTURES = 6;

/**
 * The document's six sample auctions under their ids, with sellers and `buyer1`…`buyer9` (ids 1…9) and
 * `blocked1`. Times are relative to `nowMs`, so that the demo is alive: auction 4 ends after ten minutes,
 * auction 5 starts after two. With two live sales, 7 and 8, which their host `baraka_host` can start at once,
 * and telecallers whom buyers can call.
 */
export function demoSeed(nowMs: number): SeedData {
  return {
    nowMs,
    categories: [
      { id: 1, name: 'Textiles & Fabrics', pictureUrl: '/media/categories/textiles.jpg' },
      { id: 2, name: 'Home & Living', pictureUrl: '/media/categories/home.jpg' },
      { id: 3, name: 'Jewelry', pictureUrl: '/media/categories/jewelry.jpg' },
      GOLD,
      SILVER,
    ],
    users: [...buyers(), ...SELLERS, BARAKA_HOST, ...TELECALLER_USERS],
    telecallers: TELECALLERS,
    feedbacks: [
      ...ratings(KASHMIRI_CRAFTS, 17, 3),
      ...ratings(LAHORE_WORKSHOP, 9, 3),
      ...ratings(MULTAN_BLUE, 5, 4),
    ],
    auctions: [pashminaShawl(nowMs), ...otherAuctions(nowMs)],
    sales: demoSales(nowMs),
  };
}

const KASHMIRI_CRAFTS = 11;
const LAHORE_WORKSHOP = 12;
const MULTAN_BLUE = 13;

const SELLERS: readonly SeedUser[] = [
  {
    id: KASHMIRI_CRAFTS,
    username: 'kashmiri_crafts',
    name: 'Zainab Mir',
    type: 'Expert',
    number: '+923005550111',
    email: 'seller@example.com',
    role: 'seller',
    isBlocked: false,
    brandName: 'Kashmiri Heritage Crafts',
    biography:
      'We specialize in authentic Kashmiri handicrafts, bringing you the finest traditional products directly from local artisans.',
    isVerified: true,
    profile: null,
    coins: 0,
  },
  {
    id: LAHORE_WORKSHOP,
    username: 'lahore_workshop',
    name: 'Imran Qureshi',
    type: 'Expert',
    number: '+923005550112',
    email: 'lahore@example.com',
    role: 'seller',
    isBlocked: false,
    brandName: 'Lahore Walled City Workshop',
    biography: 'Carvers and goldsmiths of the walled city, working to the patterns of their grandparents.',
    isVerified: true,
    profile: null,
    coins: 0,
  },
  {
    id: MULTAN_BLUE,
    username: 'multan_blue',
    name: 'Sana Bukhari',
    type: 'Normal',
    number: '+923005550113',
    email: 'multan@example.com',
    role: 'seller',
    isBlocked: false,
    brandName: 'Multan Blue Pottery',
    biography: 'Blue and white stoneware, thrown and painted by hand in a family kiln.',
    isVerified: false,
    profile: null,
    coins: 0,
  },
];

function buyers(): SeedUser[] {
  const named = BUYERS.map((name, index) => buyer(index + 1, `buyer${index + 1}`, name));
  return [...named, { ...buyer(BLOCKED_ID, 'blocked1', 'Naveed Butt'), isBlocked: true }];
}

function buyer(id: number, username: string, name: string): SeedUser {
  return {
    id,
    username,
    name,
    type: 'Normal',
    number: `+9230055501${String(id).padStart(2, '0')}`,
    email: `${username}@example.com`,
    role: 'buyer',
    isBlocked: false,
    brandName: null,
    biography: null,
    isVerified: false,
    profile: id <= PICTURES ? `avatar-${id}` : null,
    coins: 500,
  };
}

/** Five stars and four stars from the buyers in turn: 17 and 3 make 4.85. */
function ratings(sellerId: number, fives: number, fours: number): SeedFeedback[] {
  return Array.from({ length: fives + fours }, (_, index) => ({
    sellerId,
    authorId: (index % BUYERS.length) + 1,
    rating: index < fives ? 5 : 4,
    comment:
      index < fives ? 'Beautiful work, exactly as shown.' : 'Lovely, though it took its time to arrive.',
  }));
}

function pashminaShawl(nowMs: number): SeedAuction {
  return {
    id: 1,
    sellerId: KASHMIRI_CRAFTS,
    categoryId: 1,
    name: 'Handwoven Pashmina Shawl',
    description:
      'Luxurious handwoven Pashmina shawl made from the finest Kashmiri wool. Features intricate embroidery and traditional patterns. Perfect for special occasions or as a statement piece.',
    condition: 'new',
    images: [
      { url: '/media/products/shawl_primary.jpg', isPrimary: true, order: 0 },
      { url: '/media/products/shawl_detail1.jpg', isPrimary: false, order: 1 },
      { url: '/media/products/shawl_detail2.jpg', isPrimary: false, order: 2 },
    ],
    startingPrice: 2_500_00,
    startTimeMs: nowMs - 5 * HOUR_MS,
    endTimeMs: nowMs + 53 * HOUR_MS,
  };
}

function otherAuctions(nowMs: number): SeedAuction[] {
  return [
    {
      id: 2,
      sellerId: KASHMIRI_CRAFTS,
      categoryId: 1,
      name: 'Silk Bedspread Set',
      description: 'A king-size bedspread of pure silk with two matching pillow covers, quilted by hand.',
      condition: 'new',
      images: pictures('bedspread', 2),
      startingPrice: 8_500_00,
      startTimeMs: nowMs - 3 * HOUR_MS,
      endTimeMs: nowMs + 30 * HOUR_MS,
    },
    {
      id: 3,
      sellerId: LAHORE_WORKSHOP,
      categoryId: 2,
      name: 'Wooden Jewelry Box',
      description: 'Carved from one piece of sheesham wood, with brass inlay and a lining of velvet.',
      condition: 'like_new',
      images: pictures('jewelry_box', 2),
      startingPrice: 1_800_00,
      startTimeMs: nowMs - 2 * HOUR_MS,
      endTimeMs: nowMs + 6 * HOUR_MS,
    },
    {
      id: 4,
      sellerId: MULTAN_BLUE,
      categoryId: 2,
      name: 'Ceramic Dinner Set',
      description: 'Twenty-four pieces of blue pottery for six people, each painted by hand.',
      condition: 'new',
      images: pictures('dinner_set', 3),
      startingPrice: 4_200_00,
      startTimeMs: nowMs - HOUR_MS,
      endTimeMs: nowMs + 10 * MINUTE_MS,
    },
    {
      id: 5,
      sellerId: LAHORE_WORKSHOP,
      categoryId: 3,
      name: 'Gold-Plated Earrings Set',
      description: 'Three pairs of gold-plated jhumka earrings in a presentation case.',
      condition: 'new',
      images: pictures('earrings', 1),
      startingPrice: 1_200_00,
      startTimeMs: nowMs + 2 * MINUTE_MS,
      endTimeMs: nowMs + 26 * HOUR_MS,
    },
    {
      id: 6,
      sellerId: KASHMIRI_CRAFTS,
      categoryId: 1,
      name: 'Kashmiri Silk Carpet',
      description:
        'Knotted by hand from mulberry silk over fourteen months; 6 by 9 feet, tree of life pattern.',
      condition: 'good',
      images: pictures('carpet', 3),
      startingPrice: 25_000_00,
      startTimeMs: nowMs - 24 * HOUR_MS,
      endTimeMs: nowMs + 96 * HOUR_MS,
    },
  ];
}

function pictures(name: string, count: number): SeedAuction['images'] {
  return Array.from({ length: count }, (_, order) => ({
    url: `/media/products/${name}_${order === 0 ? 'primary' : `detail${order}`}.jpg`,
    isPrimary: order === 0,
    order,
  }));
}
