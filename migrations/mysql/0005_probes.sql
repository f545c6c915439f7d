CREATE TABLE `probes` (
	`id` bigint NOT NULL,
	`at` bigint NOT NULL,
	CONSTRAINT `probes_pk` PRIMARY KEY(`id`)
);
