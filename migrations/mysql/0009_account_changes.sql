CREATE TABLE `account_changes` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`user_id` bigint NOT NULL,
	`login_id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
	`created_at` bigint NOT NULL,
	CONSTRAINT `account_changes_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
ALTER TABLE `account_changes` ADD CONSTRAINT `account_changes_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX `account_changes_created_at` ON `account_changes` (`created_at`);