CREATE TABLE `active_calls` (
	`user_id` bigint NOT NULL,
	`call_id` bigint NOT NULL,
	CONSTRAINT `active_calls_pk` PRIMARY KEY(`user_id`)
);
--> statement-breakpoint
CREATE TABLE `calls` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`call_id` varchar(24) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`caller_id` bigint NOT NULL,
	`telecaller_id` bigint NOT NULL,
	`type` varchar(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`status` varchar(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`coins_per_minute` bigint NOT NULL,
	`created_at` bigint NOT NULL,
	`accepted_at` bigint,
	`ended_at` bigint,
	`duration_seconds` bigint NOT NULL,
	`coins` bigint NOT NULL,
	CONSTRAINT `calls_id` PRIMARY KEY(`id`),
	CONSTRAINT `calls_call_id` UNIQUE(`call_id`)
);
--> statement-breakpoint
CREATE TABLE `telecallers` (
	`user_id` bigint NOT NULL,
	`language` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`about` mediumtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`is_approved` boolean NOT NULL,
	`audio_coins_per_minute` bigint,
	`video_coins_per_minute` bigint,
	`presence` varchar(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	CONSTRAINT `telecallers_pk` PRIMARY KEY(`user_id`)
);
--> statement-breakpoint
ALTER TABLE `users` ADD `profile` varchar(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;--> statement-breakpoint
ALTER TABLE `users` ADD `coins` bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `active_calls` ADD CONSTRAINT `active_calls_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `active_calls` ADD CONSTRAINT `active_calls_call_id_calls_id_fk` FOREIGN KEY (`call_id`) REFERENCES `calls`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `calls` ADD CONSTRAINT `calls_caller_id_users_id_fk` FOREIGN KEY (`caller_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `calls` ADD CONSTRAINT `calls_telecaller_id_users_id_fk` FOREIGN KEY (`telecaller_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `telecallers` ADD CONSTRAINT `telecallers_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX `active_calls_call` ON `active_calls` (`call_id`);--> statement-breakpoint
CREATE INDEX `calls_caller` ON `calls` (`caller_id`,`id`);--> statement-breakpoint
CREATE INDEX `calls_telecaller` ON `calls` (`telecaller_id`,`id`);