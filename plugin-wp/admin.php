<?php
/**
 * Where the plugin appears in the administration: its page under Settings, the link in the list of plugins, its files.
 *
 * @package Amparo
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/** The page under Settings. */
function amparo_add_page(): void {
	add_options_page( 'Amparo', 'Amparo', 'manage_options', 'amparo', 'amparo_show_page' );
}
add_action( 'admin_menu', 'amparo_add_page' );

/** Its address; `$tab` is empty or "moving". */
function amparo_get_admin_address( string $tab = '' ): string {
	return admin_url( 'options-general.php?page=amparo' . ( '' === $tab ? '' : '&tab=' . $tab ) );
}

/** Which part of the page is asked for. */
function amparo_get_current_tab(): string {
	return isset( $_GET['tab'] ) && 'moving' === $_GET['tab'] ? 'moving' : ''; // phpcs:ignore WordPress.Security.NonceVerification.Recommended -- only chooses what is shown.
}

/** The page with its two parts. */
function amparo_show_page(): void {
	if ( ! current_user_can( 'manage_options' ) ) {
		return;
	}
	$tabs    = array(
		''       => __( 'Settings', 'amparo' ),
		'moving' => __( 'Moving from another chat', 'amparo' ),
	);
	$current = amparo_get_current_tab();
	echo '<div class="wrap amparo"><h1>Amparo</h1><nav class="nav-tab-wrapper" aria-label="Amparo">';
	foreach ( $tabs as $tab => $title ) {
		$now = $tab === $current;
		printf(
			'<a class="nav-tab%s" href="%s"%s data-test="tab-%s">%s</a>',
			$now ? ' nav-tab-active' : '',
			esc_url( amparo_get_admin_address( $tab ) ),
			$now ? ' aria-current="page"' : '',
			esc_attr( '' === $tab ? 'settings' : $tab ),
			esc_html( $title )
		);
	}
	echo '</nav>';
	'moving' === $current ? amparo_show_moving() : amparo_show_settings();
	echo '</div>';
}

/** Style and script of that page, and of no other. */
function amparo_enqueue_admin_files( string $page ): void {
	if ( 'settings_page_amparo' === $page ) {
		wp_enqueue_style( 'amparo-admin', plugins_url( 'admin.css', AMPARO_FILE ), array(), AMPARO_VERSION );
		wp_enqueue_script( 'amparo-admin', plugins_url( 'admin.js', AMPARO_FILE ), array(), AMPARO_VERSION, true );
	}
}
add_action( 'admin_enqueue_scripts', 'amparo_enqueue_admin_files' );

/**
 * "Settings" beside "Deactivate".
 *
 * @param array<int|string, string> $links The plugin's links.
 * @return array<int|string, string>
 */
function amparo_add_plugin_link( array $links ): array {
	$link = sprintf( '<a href="%s" data-test="to-settings">%s</a>', esc_url( amparo_get_admin_address() ), esc_html__( 'Settings', 'amparo' ) );
	return array_merge( array( $link ), $links );
}
add_filter( 'plugin_action_links_' . plugin_basename( AMPARO_FILE ), 'amparo_add_plugin_link' );

/** In the list of plugins, until the chat is set up: what comes next. Computed each time, so there is nothing to dismiss. */
function amparo_show_next_step(): void {
	$screen = get_current_screen();
	if ( null === $screen || 'plugins' !== $screen->id || ! current_user_can( 'manage_options' ) || amparo_is_ready( amparo_get_settings() ) ) {
		return;
	}
	printf(
		'<div class="notice notice-info"><p>%s <a href="%s">%s</a></p></div>',
		esc_html__( 'Amparo is installed. It prints nothing on your website until it knows your relay.', 'amparo' ),
		esc_url( amparo_get_admin_address() ),
		esc_html__( 'Paste the tag from your console', 'amparo' )
	);
}
add_action( 'admin_notices', 'amparo_show_next_step' );
