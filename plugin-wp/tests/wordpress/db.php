<?php
/**
 * WordPress's database drop-in for tests: the SQLite integration that lies beside it.
 *
 * @package Amparo
 */

define( 'SQLITE_DB_DROPIN_VERSION', '1.8.0' );
define( 'DATABASE_TYPE', 'sqlite' );
define( 'DB_ENGINE', 'sqlite' );
require_once __DIR__ . '/sqlite-database-integration-main/wp-includes/sqlite/db.php';
