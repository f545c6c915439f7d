CREATE TABLE `otp_messages` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`number` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `otp_messages_number` ON `otp_messages` (`number`,`created_at`);--> statement-breakpoint
CREATE INDEX `otp_messages_created_at` ON `otp_messages` (`created_at`);--> statement-breakpoint
ALTER TABLE `otp_codes` ADD `wrong_codes` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `otp_codes` ADD `untold_wrong_codes` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `otp_codes` ADD `locked_until` integer DEFAULT 0 NOT NULL;