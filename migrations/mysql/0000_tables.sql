CREATE TABLE `auctions` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`product_id` bigint NOT NULL,
	`seller_id` bigint NOT NULL,
	`starting_price` bigint NOT NULL,
	`current_price` bigint NOT NULL,
	`start_time` bigint NOT NULL,
	`end_time` bigint NOT NULL,
	`status` varchar(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`version` bigint NOT NULL,
	`leader_id` bigint,
	`leader_bid_seq` bigint,
	`winner_id` bigint,
	`total_bids` bigint NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `auctions_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `bids` (
	`auction_id` bigint NOT NULL,
	`seq` bigint NOT NULL,
	`bidder_id` bigint NOT NULL,
	`amount` bigint NOT NULL,
	`is_winning` boolean NOT NULL,
	`request_id` mediumtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
	`placed_at` bigint NOT NULL,
	CONSTRAINT `bids_pk` PRIMARY KEY(`auction_id`,`seq`)
);
--> statement-breakpoint
CREATE TABLE `categories` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`name` varchar(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	CONSTRAINT `categories_id` PRIMARY KEY(`id`),
	CONSTRAINT `categories_name` UNIQUE(`name`)
);
--> statement-breakpoint
CREATE TABLE `deadlines` (
	`kind` varchar(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`subject_id` bigint NOT NULL,
	`due_at` bigint NOT NULL,
	CONSTRAINT `deadlines_pk` PRIMARY KEY(`kind`,`subject_id`)
);
--> statement-breakpoint
CREATE TABLE `feedbacks` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`seller_id` bigint NOT NULL,
	`author_id` bigint NOT NULL,
	`rating` bigint NOT NULL,
	`comment` mediumtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `feedbacks_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `ledger_events` (
	`auction_id` bigint NOT NULL,
	`seq` bigint NOT NULL,
	`change_id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`type` varchar(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`data` mediumtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`at` bigint NOT NULL,
	CONSTRAINT `ledger_events_pk` PRIMARY KEY(`auction_id`,`seq`)
);
--> statement-breakpoint
CREATE TABLE `notifications` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`user_id` bigint NOT NULL,
	`type` varchar(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`title` varchar(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`message` varchar(1000) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`auction_id` bigint NOT NULL,
	`is_read` boolean NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `notifications_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `outbox` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`user_id` bigint NOT NULL,
	`auction_id` bigint NOT NULL,
	`kind` varchar(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`data` mediumtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`gather_key` varchar(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
	`status` varchar(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`due_at` bigint NOT NULL,
	`claimed_at` bigint,
	`sent_at` bigint,
	`attempts` bigint NOT NULL,
	`last_error` varchar(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
	`was_put_off` boolean NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `outbox_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `product_images` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`product_id` bigint NOT NULL,
	`url` varchar(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`is_primary` boolean NOT NULL,
	`position` bigint NOT NULL,
	CONSTRAINT `product_images_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `products` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`seller_id` bigint NOT NULL,
	`category_id` bigint NOT NULL,
	`name` varchar(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`description` mediumtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`condition` varchar(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	CONSTRAINT `products_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `sellers` (
	`user_id` bigint NOT NULL,
	`brand_name` varchar(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
	`biography` mediumtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
	`is_verified` boolean NOT NULL,
	CONSTRAINT `sellers_pk` PRIMARY KEY(`user_id`)
);
--> statement-breakpoint
CREATE TABLE `tokens` (
	`hash` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`user_id` bigint NOT NULL,
	`expires_at` bigint,
	`created_at` bigint NOT NULL,
	CONSTRAINT `tokens_hash` PRIMARY KEY(`hash`)
);
--> statement-breakpoint
CREATE TABLE `users` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`username` varchar(150) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`email` varchar(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`role` varchar(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`is_blocked` boolean NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `users_id` PRIMARY KEY(`id`),
	CONSTRAINT `users_username` UNIQUE(`username`)
);
--> statement-breakpoint
ALTER TABLE `auctions` ADD CONSTRAINT `auctions_product_id_products_id_fk` FOREIGN KEY (`product_id`) REFERENCES `products`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `auctions` ADD CONSTRAINT `auctions_seller_id_users_id_fk` FOREIGN KEY (`seller_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `bids` ADD CONSTRAINT `bids_auction_id_auctions_id_fk` FOREIGN KEY (`auction_id`) REFERENCES `auctions`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `feedbacks` ADD CONSTRAINT `feedbacks_seller_id_users_id_fk` FOREIGN KEY (`seller_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `feedbacks` ADD CONSTRAINT `feedbacks_author_id_users_id_fk` FOREIGN KEY (`author_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `ledger_events` ADD CONSTRAINT `ledger_events_auction_id_auctions_id_fk` FOREIGN KEY (`auction_id`) REFERENCES `auctions`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `notifications` ADD CONSTRAINT `notifications_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `product_images` ADD CONSTRAINT `product_images_product_id_products_id_fk` FOREIGN KEY (`product_id`) REFERENCES `products`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `products` ADD CONSTRAINT `products_seller_id_users_id_fk` FOREIGN KEY (`seller_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `products` ADD CONSTRAINT `products_category_id_categories_id_fk` FOREIGN KEY (`category_id`) REFERENCES `categories`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `sellers` ADD CONSTRAINT `sellers_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `tokens` ADD CONSTRAINT `tokens_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX `auctions_status` ON `auctions` (`status`,`id`);--> statement-breakpoint
CREATE INDEX `auctions_product` ON `auctions` (`product_id`);--> statement-breakpoint
CREATE INDEX `auctions_seller` ON `auctions` (`seller_id`);--> statement-breakpoint
CREATE INDEX `bids_placed` ON `bids` (`auction_id`,`placed_at`);--> statement-breakpoint
CREATE INDEX `deadlines_due` ON `deadlines` (`due_at`);--> statement-breakpoint
CREATE INDEX `feedbacks_seller` ON `feedbacks` (`seller_id`,`rating`);--> statement-breakpoint
CREATE INDEX `feedbacks_author` ON `feedbacks` (`author_id`);--> statement-breakpoint
CREATE INDEX `notifications_user` ON `notifications` (`user_id`,`id`,`is_read`);--> statement-breakpoint
CREATE INDEX `outbox_due` ON `outbox` (`status`,`due_at`);--> statement-breakpoint
CREATE INDEX `outbox_gather` ON `outbox` (`gather_key`,`status`,`claimed_at`);--> statement-breakpoint
CREATE INDEX `product_images_product` ON `product_images` (`product_id`,`position`);--> statement-breakpoint
CREATE INDEX `products_seller` ON `products` (`seller_id`);--> statement-breakpoint
CREATE INDEX `products_category` ON `products` (`category_id`);--> statement-breakpoint
CREATE INDEX `tokens_user` ON `tokens` (`user_id`);