<?php
/**
 * Removes everything that the plugin ever stored, which is one option in each website of the installation; and what
 * WordPress keeps about a plugin that is gone: the day it was switched off, and its proposal for the privacy policy.
 *
 * @package Amparo
 */

if ( ! defined( 'WP_UNINSTALL_PLUGIN' ) ) {
	exit;
}

/** In the website that is current. */
function amparo_uninstall_here(): void {
	delete_option( 'amparo_settings' );
	$recent = get_option( 'recently_activated' );
	if ( is_array( $recent ) && isset( $recent[ WP_UNINSTALL_PLUGIN ] ) ) {
		unset( $recent[ WP_UNINSTALL_PLUGIN ] );
		update_option( 'recently_activated', $recent );
	}
	$policy = (int) get_option( 'wp_page_for_privacy_policy' );
	foreach ( (array) get_post_meta( $policy, '_wp_suggested_privacy_policy_content' ) as $proposal ) {
		if ( is_array( $proposal ) && 'Amparo' === ( $proposal['plugin_name'] ?? '' ) ) {
			delete_post_meta( $policy, '_wp_suggested_privacy_policy_content', $proposal );
		}
	}
}

if ( is_multisite() ) {
	foreach ( get_sites( array( 'fields' => 'ids', 'number' => 0 ) ) as $amparo_site_id ) {
		switch_to_blog( $amparo_site_id );
		amparo_uninstall_here();
		restore_current_blog();
	}
	$amparo_recent = get_site_option( 'recently_activated' );
	if ( is_array( $amparo_recent ) ) {
		unset( $amparo_recent[ WP_UNINSTALL_PLUGIN ] );
		update_site_option( 'recently_activated', $amparo_recent );
	}
} else {
	amparo_uninstall_here();
}
