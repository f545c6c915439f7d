CREATE TABLE `nodes` (
	`id` varchar(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
	`seen_at` bigint NOT NULL,
	CONSTRAINT `nodes_pk` PRIMARY KEY(`id`)
);
