<?php
/**
 * The configuration of a WordPress for tests: SQLite, nothing outside this machine is asked, every notice is logged.
 *
 * Where things lie comes from the environment, so that one unpacked WordPress serves many runs.
 *
 * @package Amparo
 */

// phpcs:disable WordPress.WP.GlobalVariablesOverride
foreach ( array( 'DB_NAME', 'DB_USER', 'DB_PASSWORD', 'DB_HOST', 'DB_COLLATE' ) as $name ) {
	define( $name, 'DB_NAME' === $name ? 'wordpress' : '' );
}
define( 'DB_CHARSET', 'utf8' );
foreach ( array( 'AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE' ) as $name ) {
	define( $name . '_KEY', 'test key ' . $name );
	define( $name . '_SALT', 'test salt ' . $name );
}
$table_prefix = 'wp_';

$folders = array(
	'WORDPRESS_DATABASE' => 'DB_DIR',
	'WORDPRESS_PLUGINS'  => 'WP_PLUGIN_DIR',
);
foreach ( $folders as $variable => $name ) {
	if ( getenv( $variable ) ) {
		define( $name, getenv( $variable ) );
	}
}

if ( getenv( 'WORDPRESS_ADDRESS' ) ) {
	define( 'WP_HOME', getenv( 'WORDPRESS_ADDRESS' ) );
	define( 'WP_SITEURL', getenv( 'WORDPRESS_ADDRESS' ) );
}

define( 'WP_DEBUG', true );
define( 'WP_DEBUG_DISPLAY', false );
define( 'WP_DEBUG_LOG', getenv( 'WORDPRESS_LOG' ) ? getenv( 'WORDPRESS_LOG' ) : false );
define( 'WP_HTTP_BLOCK_EXTERNAL', true );
define( 'WP_ACCESSIBLE_HOSTS', 'localhost,127.0.0.1' );
define( 'AUTOMATIC_UPDATER_DISABLED', true );
define( 'DISABLE_WP_CRON', true );
define( 'FS_METHOD', 'direct' );
define( 'CONCATENATE_SCRIPTS', false );

if ( getenv( 'WORDPRESS_MULTISITE' ) ) {
	define( 'WP_ALLOW_MULTISITE', true );
	define( 'MULTISITE', true );
	define( 'SUBDOMAIN_INSTALL', false );
	define( 'DOMAIN_CURRENT_SITE', 'localhost' );
	define( 'PATH_CURRENT_SITE', '/' );
	define( 'SITE_ID_CURRENT_SITE', 1 );
	define( 'BLOG_ID_CURRENT_SITE', 1 );
}

if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
