import type { AllowedOrigins } from '../channels/middleware/origin.ts';
import type { AuthService } from '../domain/account/auth.ts';
import type { SaleService } from '../domain/auction/saleService.ts';
import type { AuctionService } from '../domain/auction/service.ts';
import type { Calls } from '../domain/call/calls.ts';
import type { Limits } from '../limits.ts';
import type { Clock } from '../ports/clock.ts';
import type { Identification, IdentityProvider } from '../ports/identity.ts';
import type { Log } from '../ports/log.ts';
import type { KeptMailbox } from '../ports/mailer.ts';
import type { Media } from '../ports/media.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { AccountStore } from '../domain/account/store.ts';
import type { CatalogueStore, CategoryStore } from '../domain/auction/catalogue/store.ts';
import type { WinningStore } from '../domain/auction/catalogue/winnings.ts';
import type { AuctionViewStore } from '../domain/auction/view/store.ts';
import type { CallStore } from '../domain/call/store.ts';
import type { NotificationStore } from '../domain/notification/store.ts';

/** A demo user with a token that can be used at once. */
export interface DemoUser {
  readonly username: string;
  readonly role: string;
  readonly token: string;
}

/** What there is outside production only. */
export interface Development {
  /** `null` where letters are really sent. */
  readonly mailbox: KeptMailbox | null;
  readonly demoTokens: () => Promise<readonly DemoUser[]>;
}

/** What the HTTP side works with. */
export interface HttpServices {
  readonly auctions: AuctionService;
  readonly sales: Pick<SaleService, 'create'>;
  /** Logging in by phone; `null` where a main backend alone says who people are. */
  readonly auth: AuthService | null;
  /** Hears what the media server tells; `null` where calls are off. */
  readonly calls: Pick<Calls, 'mediaChanged'> | null;
  /** `null` where calls are off. */
  readonly media: Pick<Media, 'handleWebhook'> | null;
  readonly store: {
    readonly catalogue: CatalogueStore;
    readonly views: AuctionViewStore;
    readonly winnings: WinningStore;
    readonly categories: CategoryStore;
    readonly notifications: NotificationStore;
    readonly accounts: AccountStore;
    readonly calls: CallStore;
  };
  readonly identity: IdentityProvider;
  /** True while a commit of bids is waited for. */
  readonly isStoringBids: () => boolean;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: Limits;
  /** Where pictures are looked for, in this order. */
  readonly mediaFolders: readonly string[];
  /** Each check resolves or rejects; `/readyz` names those that reject. */
  readonly readiness: Readonly<Record<string, () => Promise<void>>>;
  readonly siteName: string;
  /** Where people reach the site, without a slash at the end. */
  readonly publicUrl: string;
  /** Whose pages may read the API. */
  readonly allowedOrigins: AllowedOrigins;
  /** How many proxies in front append to `X-Forwarded-For`. */
  readonly trustProxyHops: number;
  /** `null` in production. */
  readonly development: Development | null;
}

/** What comes with a request, and what the first steps find out about it. */
export interface HttpEnvironment {
  Bindings: { readonly remoteAddress: string };
  Variables: {
    /** What is known of its token, where it has been verified already. */
    identification?: Identification;
    /** Whom it counts for: a user by id, or an address without a token. */
    client?: number | string;
  };
}
