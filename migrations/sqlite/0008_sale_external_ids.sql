ALTER TABLE `live_sales` ADD `external_id` text;--> statement-breakpoint
CREATE UNIQUE INDEX `live_sales_external_id` ON `live_sales` (`external_id`);