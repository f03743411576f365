<?php
/**
 * After uninstalling nothing of the plugin is left, in one website and in a network of them.
 *
 * @package Amparo
 */

namespace Amparo\Tests;

/** uninstall.php, which WordPress includes once. */
class Uninstall_Test extends Plugin_Case {

	/**
	 * Every row of every table that names the plugin.
	 *
	 * @return list<string>
	 */
	private function traces(): array {
		global $wpdb;
		$traces = array();
		foreach ( $wpdb->get_col( 'SHOW TABLES' ) as $table ) {
			foreach ( $wpdb->get_results( "SELECT * FROM $table", ARRAY_A ) as $row ) {
				if ( false !== stripos( (string) wp_json_encode( $row ), 'amparo' ) ) {
					$traces[] = $table . ': ' . wp_json_encode( $row );
				}
			}
		}
		return $traces;
	}

	private function uninstall(): void {
		define( 'WP_UNINSTALL_PLUGIN', 'amparo/amparo.php' );
		require WP_PLUGIN_DIR . '/amparo/uninstall.php';
		wp_cache_flush();
	}

	public function test_nothing_is_left(): void {
		$this->assertFalse( is_multisite() );
		$this->set_up_with();
		update_option( 'recently_activated', array( 'amparo/amparo.php' => 1, 'other/other.php' => 2 ) );
		$this->read_privacy_guide();
		$this->assertCount( 3, $this->traces(), implode( "\n", $this->traces() ) );
		$this->uninstall();
		$this->assertSame( array(), $this->traces() );
		$this->assertSame( array( 'other/other.php' => 2 ), get_option( 'recently_activated' ), 'what others left stays' );
	}

	/** @group network */
	public function test_each_website_of_a_network_has_its_own_settings_and_none_is_left_in_any(): void {
		$this->assertTrue( is_multisite() );
		$this->set_up_with();
		$second = wp_insert_site(
			array(
				'domain'  => 'localhost',
				'path'    => '/second/',
				'title'   => 'Second',
				'user_id' => 1,
			)
		);
		$this->assertIsInt( $second );
		switch_to_blog( $second );
		$this->assertFalse( amparo_is_ready( amparo_get_settings() ), 'a new website starts with defaults' );
		update_option( 'amparo_settings', $this->settings( array( 'title' => 'Second' ) ) );
		restore_current_blog();
		$this->assertSame( '', amparo_get_settings()['title'] );
		update_site_option( 'recently_activated', array( 'amparo/amparo.php' => 1 ) );
		$this->assertCount( 3, $this->traces(), implode( "\n", $this->traces() ) );
		$this->uninstall();
		$this->assertSame( array(), $this->traces() );
	}
}
