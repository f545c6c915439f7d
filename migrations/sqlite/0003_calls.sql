CREATE TABLE `active_calls` (
	`user_id` integer PRIMARY KEY NOT NULL,
	`call_id` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`call_id`) REFERENCES `calls`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `active_calls_call` ON `active_calls` (`call_id`);--> statement-breakpoint
CREATE TABLE `calls` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`call_id` text NOT NULL,
	`caller_id` integer NOT NULL,
	`telecaller_id` integer NOT NULL,
	`type` text NOT NULL,
	`status` text NOT NULL,
	`coins_per_minute` integer NOT NULL,
	`created_at` integer NOT NULL,
	`accepted_at` integer,
	`ended_at` integer,
	`duration_seconds` integer NOT NULL,
	`coins` integer NOT NULL,
	FOREIGN KEY (`caller_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`telecaller_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `calls_call_id` ON `calls` (`call_id`);--> statement-breakpoint
CREATE INDEX `calls_caller` ON `calls` (`caller_id`,`id`);--> statement-breakpoint
CREATE INDEX `calls_telecaller` ON `calls` (`telecaller_id`,`id`);--> statement-breakpoint
CREATE TABLE `telecallers` (
	`user_id` integer PRIMARY KEY NOT NULL,
	`language` text NOT NULL,
	`about` text NOT NULL,
	`is_approved` integer NOT NULL,
	`audio_coins_per_minute` integer,
	`video_coins_per_minute` integer,
	`presence` text NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
ALTER TABLE `users` ADD `profile` text;--> statement-breakpoint
ALTER TABLE `users` ADD `coins` integer DEFAULT 0 NOT NULL;