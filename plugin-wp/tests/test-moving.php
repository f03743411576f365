<?php
/**
 * The page for those who had another chat before.
 *
 * @package Amparo
 */

namespace Amparo\Tests;

/** Finds what is here, says what it leaves, changes nothing. */
class Moving_Test extends Plugin_Case {

	/** Folders that this test has made. */
	private const FOLDERS = array( 'tawkto-live-chat', 'chaty' );

	protected function tearDown(): void {
		global $wpdb;
		foreach ( self::FOLDERS as $folder ) {
			if ( is_dir( WP_PLUGIN_DIR . '/' . $folder ) ) {
				unlink( WP_PLUGIN_DIR . "/$folder/$folder.php" );
				rmdir( WP_PLUGIN_DIR . '/' . $folder );
			}
		}
		foreach ( array( 'tawkto-embed-widget-page-id', 'tawkto-visibility-options', 'wplc_settings', 'tidioX' ) as $option ) {
			delete_option( $option );
		}
		$wpdb->query( 'DROP TABLE IF EXISTS wp_wplc_chat_msgs' );
		$wpdb->query( 'DROP TABLE IF EXISTS chat_messages' );
		update_option( 'active_plugins', array() );
		wp_clean_plugins_cache();
		parent::tearDown();
	}

	private function install( string $folder, bool $is_active ): void {
		mkdir( WP_PLUGIN_DIR . '/' . $folder );
		file_put_contents( WP_PLUGIN_DIR . "/$folder/$folder.php", "<?php\n/* Plugin Name: Stand-in */\n" );
		wp_clean_plugins_cache();
		if ( $is_active ) {
			update_option( 'active_plugins', array( "$folder/$folder.php" ) );
		}
	}

	private function page(): string {
		return $this->printed( 'amparo_show_moving' );
	}

	public function test_where_there_was_no_other_chat_it_says_so(): void {
		$this->assertSame( array(), amparo_find_former_chats() );
		$this->assertStringContainsString( 'data-test="moving-none"', $this->page() );
	}

	public function test_a_running_chat_of_a_maker_is_named_with_what_to_do(): void {
		$this->install( 'tawkto-live-chat', true );
		update_option( 'tawkto-embed-widget-page-id', 'x' );
		update_option( 'tawkto-visibility-options', 'x' );
		$found = amparo_find_former_chats();
		$this->assertSame( array( 'tawkto-live-chat' ), array_keys( $found ) );
		$this->assertSame( array( true, true, 2 ), array( $found['tawkto-live-chat']['is_active'], $found['tawkto-live-chat']['is_installed'], $found['tawkto-live-chat']['options'] ) );
		foreach ( array( 'running on your website now', 'Sign in there and delete them', 'Deactivate', '2 settings', 'Cookies' ) as $words ) {
			$this->assertStringContainsString( $words, $this->page() );
		}
	}

	public function test_a_chat_that_is_switched_off_is_told_from_one_that_runs(): void {
		$this->install( 'chaty', false );
		$this->assertStringContainsString( 'installed and switched off', $this->page() );
		$this->assertStringNotContainsString( 'To switch it off', $this->page() );
		$this->assertStringContainsString( 'with WhatsApp', $this->page() );
	}

	public function test_what_a_deleted_chat_left_in_the_database_is_found(): void {
		global $wpdb;
		$wpdb->query( 'CREATE TABLE wp_wplc_chat_msgs (id bigint(20) NOT NULL AUTO_INCREMENT, msg longtext, PRIMARY KEY  (id))' );
		$wpdb->query( 'CREATE TABLE chat_messages (id bigint(20) NOT NULL AUTO_INCREMENT, msg longtext, PRIMARY KEY  (id))' );
		$wpdb->query( "INSERT INTO wp_wplc_chat_msgs (msg) VALUES ('kept')" );
		update_option( 'wplc_settings', 'x' );
		$found = amparo_find_former_chats();
		$this->assertSame( array( 'wp-live-chat-support', 'chatlive' ), array_keys( $found ) );
		$this->assertSame( array( 'wp_wplc_chat_msgs' ), $found['wp-live-chat-support']['tables'] );
		$page = $this->page();
		foreach ( array( 'The plugin is gone', 'wp_wplc_chat_msgs', '1 setting.', 'may hold conversations' ) as $words ) {
			$this->assertStringContainsString( $words, $page );
		}
		$this->assertSame( 'kept', $wpdb->get_var( 'SELECT msg FROM wp_wplc_chat_msgs' ), 'looking deletes nothing' );
		$this->assertSame( 'x', get_option( 'wplc_settings' ) );
	}

	public function test_an_option_that_only_looks_alike_is_not_counted(): void {
		update_option( 'tidioX', 'x' );
		$this->assertSame( array(), amparo_find_former_chats() );
	}
}
