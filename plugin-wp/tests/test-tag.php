<?php
/**
 * The tag and what stands beside it, as a browser gets them.
 *
 * @package Amparo
 */

namespace Amparo\Tests;

/** What is printed on the public side. */
class Tag_Test extends Plugin_Case {

	/** The attributes of the one tag on the page. */
	private function tag( string $page ): array {
		$tags = amparo_find_elements( $page, 'script' );
		$this->assertCount( 1, $tags );
		unset( $tags[0]['type'] );
		return $tags[0];
	}

	private function page(): string {
		return $this->printed( 'amparo_print_tag' );
	}

	public function test_before_it_is_set_up_a_page_gets_nothing(): void {
		update_option( 'amparo_settings', $this->settings( array( 'site_key' => '', 'exit' => 'site' ) ) );
		$this->assertSame( '', $this->page() );
	}

	public function test_the_tag_says_what_the_settings_say(): void {
		$this->set_up_with( array( 'title' => 'Ask', 'locale' => 'ar', 'position' => 'start' ) );
		$this->assertSame(
			array(
				'async'           => $this->tag( $this->page() )['async'],
				'data-cfasync'    => 'false',
				'src'             => 'https://www2.example.org/embed.js',
				'data-site'       => self::SITE_KEY,
				'data-org-key'    => self::ORG_KEY,
				'data-locale'     => 'ar',
				'data-position'   => 'start',
				'data-title'      => 'Ask',
				'data-phone'      => '016',
				'data-emergency'  => '112',
				'data-whatsapp'   => '34600111222',
				'data-exit'       => 'page',
				'data-exit-url'   => 'https://www.wikipedia.org/',
				'referrerpolicy'  => 'no-referrer',
			),
			$this->tag( $this->page() )
		);
	}

	public function test_what_is_the_default_anyway_is_not_said(): void {
		$this->set_up_with( array( 'org_key' => '', 'phone' => '', 'emergency' => '', 'whatsapp_place' => 'off', 'exit' => 'chat' ) );
		$names = array_keys( $this->tag( $this->page() ) );
		$this->assertSame( array( 'async', 'data-cfasync', 'src', 'data-site', 'data-exit', 'data-exit-url', 'referrerpolicy' ), $names );
	}

	public function test_a_pinned_tag_names_version_and_hash(): void {
		$hash = 'sha384-' . str_repeat( 'Ab1/', 16 );
		$this->set_up_with( array( 'version' => '0.1.0-abcdef12', 'integrity' => $hash ) );
		$tag = $this->tag( $this->page() );
		$this->assertSame( 'https://www2.example.org/v/0.1.0-abcdef12/embed.js', $tag['src'] );
		$this->assertSame( array( $hash, 'anonymous' ), array( $tag['integrity'], $tag['crossorigin'] ) );
		$this->assertArrayNotHasKey( 'data-relay', $tag );
	}

	public function test_the_website_can_serve_the_program_itself(): void {
		$this->set_up_with( array( 'source' => 'site', 'version' => '0.1.0-abcdef12', 'integrity' => 'sha384-' . str_repeat( 'A', 64 ) ) );
		$tag    = $this->tag( $this->page() );
		$folder = 'http://localhost/wp-content/plugins/amparo/widget/' . amparo_get_widget_version();
		$this->assertSame( $folder . '/embed.js', $tag['src'] );
		$this->assertSame( self::RELAY, $tag['data-relay'] );
		$this->assertArrayNotHasKey( 'integrity', $tag );
		$this->assertFileExists( str_replace( 'http://localhost/wp-content/plugins', WP_PLUGIN_DIR, $tag['src'] ) );
	}

	public function test_every_file_that_the_loader_fetches_came_in_the_zip(): void {
		$folder = WP_PLUGIN_DIR . '/amparo/widget/' . amparo_get_widget_version();
		foreach ( array( 'embed.js', 'open.js', 'widget.js', 'widget.wasm', 'widget-plain.js', 'widget.css', 'texts-en.txt', 'texts-ar.txt' ) as $name ) {
			$this->assertFileIsReadable( "$folder/$name" );
		}
		$open = 'sha256-' . base64_encode( hash_file( 'sha256', "$folder/open.js", true ) );
		$this->assertStringContainsString( substr( $open, 7 ), (string) file_get_contents( "$folder/embed.js" ), 'the loader expects exactly this second half' );
	}

	public function test_the_static_block_works_without_scripts(): void {
		$this->set_up_with();
		$page  = $this->page();
		$links = amparo_find_elements( $page, 'a' );
		$this->assertSame(
			array( 'https://www.wikipedia.org/', 'tel:112', 'tel:016', self::RELAY . '/chat?site=' . self::SITE_KEY ),
			array_column( $links, 'href' )
		);
		$this->assertArrayHasKey( 'data-amparo-static', amparo_find_elements( $page, 'aside' )[0] );
		$this->assertArrayHasKey( 'data-amparo-exit', $links[0] );
		$this->assertLessThan( strpos( $page, '<script' ), strpos( $page, '<aside' ), 'it is there before the script has run' );
	}

	public function test_whatsapp_stands_beside_the_numbers_only_where_wanted_and_after_its_warning(): void {
		$this->set_up_with();
		$this->assertStringNotContainsString( 'wa.me', $this->page() );
		$this->set_up_with( array( 'whatsapp_place' => 'page' ) );
		$page = $this->page();
		$this->assertLessThan( strpos( $page, 'https://wa.me/34600111222"' ), strpos( $page, 'stays on the phone' ) );
	}

	public function test_the_exit_is_on_the_whole_website_only_where_wanted(): void {
		$_SERVER['REQUEST_URI'] = '/shop/';
		$this->set_up_with( array( 'never' => array( '/shop' ) ) );
		$this->assertSame( '', $this->page() );
		$this->set_up_with( array( 'never' => array( '/shop' ), 'exit' => 'site', 'exit_url' => 'https://www.bbc.com/weather' ) );
		$page = $this->page();
		$link = amparo_find_elements( $page, 'a' )[0];
		$this->assertSame( array( 'https://www.bbc.com/weather', 'noreferrer' ), array( $link['href'], $link['rel'] ) );
		$this->assertArrayHasKey( 'data-amparo-exit', $link );
		$this->assertSame( 'http://localhost/wp-content/plugins/amparo/exit.js', $this->tag( $page )['src'] );
		$this->assertStringNotContainsString( 'data-site', $page );
	}

	public function test_in_the_open_chat_only_means_no_exit_in_the_static_block(): void {
		$this->set_up_with( array( 'exit' => 'chat' ) );
		$this->assertStringNotContainsString( 'data-amparo-exit', $this->page() );
	}

	public function test_hostile_settings_that_reach_the_database_stay_text(): void {
		// Past every check, as if somebody had written into the database.
		remove_all_filters( 'sanitize_option_amparo_settings' );
		update_option( 'amparo_settings', array_map( static function ( $value ) {
			return is_string( $value ) ? self::HOSTILE : $value;
		}, array_merge( $this->settings(), array( 'whatsapp' => '' ) ) ) + array() );
		$stored = get_option( 'amparo_settings' );
		update_option( 'amparo_settings', array( 'show' => 'everywhere', 'source' => 'relay', 'whatsapp_place' => 'page', 'exit' => 'page', 'locale' => 'en' ) + $stored );
		$page = $this->page() . amparo_render_button( array( 'text' => self::HOSTILE ) ) . amparo_render_phones();
		$this->assertStringContainsString( 'alert(1)', $page, 'the hostile text is on the page' );
		$this->assertSame( array(), amparo_find_elements( $page, 'img' ) );
		$this->assertCount( 1, amparo_find_elements( $page, 'script' ) );
		foreach ( amparo_find_elements( $page, 'a' ) as $link ) {
			$this->assertDoesNotMatchRegularExpression( '/^\s*(javascript|data):/i', $link['href'] );
			$this->assertArrayNotHasKey( 'onerror', $link );
		}
	}

	public function test_a_page_is_the_same_for_everybody_and_sets_nothing(): void {
		$this->set_up_with();
		$asked   = $this->network( array() );
		$nobody  = $this->page();
		$queries = $GLOBALS['wpdb']->num_queries;
		$this->sign_in( 'administrator' );
		$writes = $GLOBALS['wpdb']->num_queries;
		$this->assertSame( $nobody, $this->page() );
		$this->assertSame( $writes, $GLOBALS['wpdb']->num_queries, 'printing asks the database for nothing' );
		$this->assertGreaterThanOrEqual( $queries, $writes );
		$this->assertCount( 0, $asked );
		$this->assertSame( array(), array_filter( headers_list(), static function ( string $header ): bool {
			return 0 === stripos( $header, 'set-cookie' );
		} ) );
	}

	public function test_the_tag_stands_at_the_end_of_the_page_and_nothing_stands_in_its_head(): void {
		$this->set_up_with();
		$this->assertNotFalse( has_action( 'wp_footer', 'amparo_print_tag' ) );
		$head = $this->printed( static function (): void {
			do_action( 'wp_enqueue_scripts' );
			wp_print_styles();
			wp_print_head_scripts();
		} );
		$this->assertStringNotContainsString( 'amparo', $head );
	}
}
