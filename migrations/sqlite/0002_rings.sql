ALTER TABLE `live_sales` ADD `ring` text DEFAULT 'none' NOT NULL;--> statement-breakpoint
ALTER TABLE `live_sales` ADD `pause` text;