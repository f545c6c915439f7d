CREATE TABLE `otp_messages` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`number` varchar(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `otp_messages_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
ALTER TABLE `otp_codes` ADD `wrong_codes` bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `otp_codes` ADD `untold_wrong_codes` bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `otp_codes` ADD `locked_until` bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `otp_messages_number` ON `otp_messages` (`number`,`created_at`);--> statement-breakpoint
CREATE INDEX `otp_messages_created_at` ON `otp_messages` (`created_at`);