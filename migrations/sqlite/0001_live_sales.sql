CREATE TABLE `comments` (
	`auction_id` integer NOT NULL,
	`seq` integer NOT NULL,
	`round` integer NOT NULL,
	`user_id` integer NOT NULL,
	`text` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`auction_id`, `seq`),
	FOREIGN KEY (`auction_id`) REFERENCES `auctions`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `comments_round` ON `comments` (`auction_id`,`round`,`seq`);--> statement-breakpoint
CREATE TABLE `live_sales` (
	`auction_id` integer PRIMARY KEY NOT NULL,
	`round` integer NOT NULL,
	`product` text,
	`product_description` text,
	`min_bid_price` integer NOT NULL,
	`bid_price` integer NOT NULL,
	`actual_price` integer NOT NULL,
	`quantity` integer NOT NULL,
	`start_date` integer,
	`expiry_date` integer NOT NULL,
	`winner_id` integer,
	`has_outbid_letters` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`auction_id`) REFERENCES `auctions`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `mutes` (
	`auction_id` integer NOT NULL,
	`user_id` integer NOT NULL,
	`is_muted` integer NOT NULL,
	PRIMARY KEY(`auction_id`, `user_id`),
	FOREIGN KEY (`auction_id`) REFERENCES `auctions`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `otp_codes` (
	`number` text PRIMARY KEY NOT NULL,
	`code_hash` text NOT NULL,
	`tries` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `refresh_families` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` integer NOT NULL,
	`revoked_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `refresh_tokens` (
	`hash` text PRIMARY KEY NOT NULL,
	`family_id` text NOT NULL,
	`used_at` integer,
	`expires_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`family_id`) REFERENCES `refresh_families`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `winnings` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`user_id` integer NOT NULL,
	`auction_id` integer NOT NULL,
	`round` integer NOT NULL,
	`product` text NOT NULL,
	`price` integer NOT NULL,
	`weight` text,
	`is_sold` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`auction_id`) REFERENCES `auctions`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `winnings_user` ON `winnings` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `winnings_auction` ON `winnings` (`auction_id`,`id`);--> statement-breakpoint
DROP INDEX `auctions_status`;--> statement-breakpoint
ALTER TABLE `auctions` ADD `kind` text DEFAULT 'timed' NOT NULL;--> statement-breakpoint
CREATE INDEX `auctions_kind` ON `auctions` (`kind`,`id`);--> statement-breakpoint
CREATE INDEX `auctions_status` ON `auctions` (`kind`,`status`,`id`);--> statement-breakpoint
ALTER TABLE `bids` ADD `round` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `categories` ADD `picture_url` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `categories` ADD `created_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `categories` ADD `updated_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `name` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `type` text DEFAULT 'Normal' NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `number` text;--> statement-breakpoint
CREATE UNIQUE INDEX `users_number` ON `users` (`number`);--> statement-breakpoint
UPDATE `users` SET `name` = `username` WHERE `name` = '';
