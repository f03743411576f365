<?php
/**
 * Installs a WordPress for tests: `php install.php FOLDER [network]`, on the database that the environment names. The
 * administrator is admin, with the word password.
 *
 * @package Amparo
 */

define( 'WP_INSTALLING', true );
$_SERVER['HTTP_HOST']       = 'localhost';
$_SERVER['REQUEST_URI']     = '/';
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
require $argv[1] . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

/** No letter is sent from a test. */
function wp_new_blog_notification(): void {
}

wp_install( 'Casa Abierta', 'admin', 'admin@example.org', true, '', 'password' );
update_option( 'siteurl', 'http://localhost' );
update_option( 'home', 'http://localhost' );

if ( isset( $argv[2] ) ) {
	foreach ( $GLOBALS['wpdb']->tables( 'ms_global' ) as $table => $name ) {
		$GLOBALS['wpdb']->$table = $name;
	}
	install_network();
	populate_network( 1, 'localhost', 'admin@example.org', 'Network', '/', false );
}
