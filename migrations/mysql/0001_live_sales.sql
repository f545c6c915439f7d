CREATE TABLE `comments` (
	`auction_id` bigint NOT NULL,
	`seq` bigint NOT NULL,
	`round` bigint NOT NULL,
	`user_id` bigint NOT NULL,
	`text` mediumtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `comments_pk` PRIMARY KEY(`auction_id`,`seq`)
);
--> statement-breakpoint
CREATE TABLE `live_sales` (
	`auction_id` bigint NOT NULL,
	`round` bigint NOT NULL,
	`product` mediumtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
	`product_description` mediumtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
	`min_bid_price` bigint NOT NULL,
	`bid_price` bigint NOT NULL,
	`actual_price` bigint NOT NULL,
	`quantity` bigint NOT NULL,
	`start_date` bigint,
	`expiry_date` bigint NOT NULL,
	`winner_id` bigint,
	`has_outbid_letters` boolean NOT NULL,
	`updated_at` bigint NOT NULL,
	CONSTRAINT `live_sales_pk` PRIMARY KEY(`auction_id`)
);
--> statement-breakpoint
CREATE TABLE `mutes` (
	`auction_id` bigint NOT NULL,
	`user_id` bigint NOT NULL,
	`is_muted` boolean NOT NULL,
	CONSTRAINT `mutes_pk` PRIMARY KEY(`auction_id`,`user_id`)
);
--> statement-breakpoint
CREATE TABLE `otp_codes` (
	`number` varchar(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`code_hash` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`tries` bigint NOT NULL,
	`expires_at` bigint NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `otp_codes_number` PRIMARY KEY(`number`)
);
--> statement-breakpoint
CREATE TABLE `refresh_families` (
	`id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`user_id` bigint NOT NULL,
	`revoked_at` bigint,
	CONSTRAINT `refresh_families_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `refresh_tokens` (
	`hash` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`family_id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`used_at` bigint,
	`expires_at` bigint NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `refresh_tokens_hash` PRIMARY KEY(`hash`)
);
--> statement-breakpoint
CREATE TABLE `winnings` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`user_id` bigint NOT NULL,
	`auction_id` bigint NOT NULL,
	`round` bigint NOT NULL,
	`product` mediumtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`price` bigint NOT NULL,
	`weight` mediumtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
	`is_sold` boolean NOT NULL,
	`created_at` bigint NOT NULL,
	`updated_at` bigint NOT NULL,
	CONSTRAINT `winnings_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
DROP INDEX `auctions_status` ON `auctions`;--> statement-breakpoint
ALTER TABLE `auctions` ADD `kind` varchar(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT 'timed' NOT NULL;--> statement-breakpoint
ALTER TABLE `bids` ADD `round` bigint DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `categories` ADD `picture_url` varchar(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `categories` ADD `created_at` bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `categories` ADD `updated_at` bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `name` varchar(150) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `type` varchar(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT 'Normal' NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `number` varchar(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;--> statement-breakpoint
ALTER TABLE `users` ADD CONSTRAINT `users_number` UNIQUE(`number`);--> statement-breakpoint
ALTER TABLE `comments` ADD CONSTRAINT `comments_auction_id_auctions_id_fk` FOREIGN KEY (`auction_id`) REFERENCES `auctions`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `comments` ADD CONSTRAINT `comments_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `live_sales` ADD CONSTRAINT `live_sales_auction_id_auctions_id_fk` FOREIGN KEY (`auction_id`) REFERENCES `auctions`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `mutes` ADD CONSTRAINT `mutes_auction_id_auctions_id_fk` FOREIGN KEY (`auction_id`) REFERENCES `auctions`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `refresh_families` ADD CONSTRAINT `refresh_families_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `refresh_tokens` ADD CONSTRAINT `refresh_tokens_family_id_refresh_families_id_fk` FOREIGN KEY (`family_id`) REFERENCES `refresh_families`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `winnings` ADD CONSTRAINT `winnings_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `winnings` ADD CONSTRAINT `winnings_auction_id_auctions_id_fk` FOREIGN KEY (`auction_id`) REFERENCES `auctions`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX `comments_round` ON `comments` (`auction_id`,`round`,`seq`);--> statement-breakpoint
CREATE INDEX `winnings_user` ON `winnings` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `winnings_auction` ON `winnings` (`auction_id`,`id`);--> statement-breakpoint
CREATE INDEX `auctions_kind` ON `auctions` (`kind`,`id`);--> statement-breakpoint
CREATE INDEX `auctions_status` ON `auctions` (`kind`,`status`,`id`);--> statement-breakpoint
UPDATE `users` SET `name` = `username` WHERE `name` = '';
