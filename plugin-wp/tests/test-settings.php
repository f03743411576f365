<?php
/**
 * What may become a setting, and that nothing else does.
 *
 * @package Amparo
 */

namespace Amparo\Tests;

/** The option, its checks and its defaults. */
class Settings_Test extends Plugin_Case {

	public function test_nothing_is_stored_before_somebody_saves(): void {
		$this->assertFalse( get_option( 'amparo_settings', false ) );
		$this->assertSame( amparo_get_default_settings(), amparo_get_settings() );
		$this->assertFalse( amparo_is_ready( amparo_get_settings() ) );
	}

	/** @return array<string, array{0: string, 1: string, 2: string|null}> */
	public function values(): array {
		$long = str_repeat( '1', 60 );
		return array(
			'relay'                        => array( 'relay', 'https://www2.example.org', 'https://www2.example.org' ),
			'relay without scheme'         => array( 'relay', 'www2.example.org', 'https://www2.example.org' ),
			'relay with slash and case'    => array( 'relay', ' HTTPS://WWW2.Example.org/ ', 'https://www2.example.org' ),
			'relay with port and folder'   => array( 'relay', 'https://a.example:8443/chat1/', 'https://a.example:8443/chat1' ),
			'relay: console copied'        => array( 'relay', 'https://a.example/console/', 'https://a.example' ),
			'relay: loader copied'         => array( 'relay', 'https://a.example/v/0.1.0-abcdef12/embed.js', 'https://a.example' ),
			'relay on this computer'       => array( 'relay', 'http://localhost:8080', 'http://localhost:8080' ),
			'relay on http'                => array( 'relay', 'http://www2.example.org', null ),
			'relay with a password'        => array( 'relay', 'https://a:b@www2.example.org', null ),
			'relay as script'              => array( 'relay', 'javascript:alert(1)', null ),
			'relay as data'                => array( 'relay', 'data:text/html,x', null ),
			'relay hostile'                => array( 'relay', 'https://a.example/' . self::HOSTILE, null ),
			'relay of two lines'           => array( 'relay', "https://a.example/\nx", null ),
			'site key'                     => array( 'site_key', ' ' . self::SITE_KEY . ' ', self::SITE_KEY ),
			'site key too short'           => array( 'site_key', 'abc', null ),
			'site key hostile'             => array( 'site_key', self::HOSTILE, null ),
			'organisation key'             => array( 'org_key', self::ORG_KEY, self::ORG_KEY ),
			'organisation key cut off'     => array( 'org_key', substr( self::ORG_KEY, 1 ), null ),
			'organisation key hostile'     => array( 'org_key', self::HOSTILE, null ),
			'version hostile'              => array( 'version', '../../x', null ),
			'integrity hostile'            => array( 'integrity', 'sha384-' . self::HOSTILE, null ),
			'title'                        => array( 'title', 'Ask us', 'Ask us' ),
			'title hostile'                => array( 'title', self::HOSTILE, '"\'>{{7*7}}\\' ),
			'title too long'               => array( 'title', $long . $long, $long ),
			'title in Arabic'              => array( 'title', 'محادثة', 'محادثة' ),
			'phone'                        => array( 'phone', '+34 (91) 600-11.22', '+34 (91) 600-11.22' ),
			'phone in words'               => array( 'phone', 'call us', null ),
			'phone hostile'                => array( 'phone', '016' . self::HOSTILE, null ),
			'emergency'                    => array( 'emergency', '112', '112' ),
			'emergency hostile'            => array( 'emergency', self::HOSTILE, null ),
			'whatsapp'                     => array( 'whatsapp', '+34 600 111 222', '34600111222' ),
			'whatsapp as a link'           => array( 'whatsapp', 'https://wa.me/34600111222', '34600111222' ),
			'whatsapp without country'     => array( 'whatsapp', '0600111222', null ),
			'whatsapp hostile'             => array( 'whatsapp', self::HOSTILE, null ),
			'exit'                         => array( 'exit_url', 'https://www.bbc.com/weather?x=1', 'https://www.bbc.com/weather?x=1' ),
			'exit on http'                 => array( 'exit_url', 'http://www.bbc.com/', null ),
			'exit as script'               => array( 'exit_url', 'javascript:alert(1)', null ),
			'exit to this website'         => array( 'exit_url', 'http://localhost/other', null ),
			'exit hostile'                 => array( 'exit_url', 'https://a.example/' . self::HOSTILE, null ),
		);
	}

	/** @dataProvider values */
	public function test_a_text_passes_its_check_or_stays_as_it_was( string $name, string $sent, ?string $kept ): void {
		$former = $this->settings( array( 'title' => 'Former' ) );
		list( $settings, $refused ) = amparo_clean_settings( array( $name => $sent ), $former );
		if ( 'version' === $name || 'integrity' === $name ) {
			$this->assertSame( '', $settings[ $name ] );
		} else {
			$this->assertSame( $kept ?? $former[ $name ], $settings[ $name ] );
		}
		$this->assertSame( null === $kept ? array( $name ) : array(), array_keys( $refused ) );
		$this->assertSame( array(), array_filter( $refused, static function ( string $sentence ): bool {
			return ! preg_match( '/^[A-Z].+[.]$/', $sentence );
		} ), 'each refusal is one sentence' );
	}

	public function test_a_field_can_be_emptied_and_the_exit_falls_back(): void {
		$former = $this->settings( array( 'exit_url' => 'https://www.bbc.com/' ) );
		list( $settings ) = amparo_clean_settings( array_fill_keys( array_keys( amparo_get_text_fields() ), ' ' ), $former );
		$this->assertSame( '', $settings['relay'] . $settings['phone'] . $settings['site_key'] );
		$this->assertSame( 'https://www.wikipedia.org/', $settings['exit_url'] );
	}

	/** @return array<string, array{0: string, 1: mixed}> */
	public function wrong_choices(): array {
		return array(
			'position'                => array( 'position', 'left' ),
			'position as a list'      => array( 'position', array( 'start' ) ),
			'locale'                  => array( 'locale', 'xx' ),
			'locale hostile'          => array( 'locale', self::HOSTILE ),
			'show'                    => array( 'show', '1' ),
			'exit'                    => array( 'exit', 'off' ),
			'source'                  => array( 'source', 'https://evil.example/' ),
			'place of WhatsApp'       => array( 'whatsapp_place', true ),
			'pages as text'           => array( 'pages', '3' ),
			'pages hostile'           => array( 'pages', array( self::HOSTILE, array( 1 ), '0' ) ),
			'text as a list'          => array( 'relay', array( 'https://a.example' ) ),
			'number as a number'      => array( 'phone', 112 ),
			'unknown'                 => array( 'colour', 'blue' ),
		);
	}

	/**
	 * @dataProvider wrong_choices
	 * @param mixed $sent Nonsense.
	 */
	public function test_nonsense_changes_nothing( string $name, $sent ): void {
		$former           = $this->settings();
		list( $settings ) = amparo_clean_settings( array( $name => $sent ), $former );
		$this->assertSame( $former, $settings );
	}

	public function test_what_is_no_form_at_all_changes_nothing(): void {
		foreach ( array( null, 'text', 7, array( array() ) ) as $sent ) {
			$this->assertSame( $this->settings(), amparo_clean_settings( $sent, $this->settings() )[0] );
		}
	}

	public function test_the_tag_from_the_console_fills_in_everything(): void {
		$tag = '<script async src="https://www2.example.org/embed.js" data-site="' . self::SITE_KEY . '" data-org-key="' . self::ORG_KEY . '" data-emergency="112" data-phone="016 &amp; 1" data-whatsapp="34600111222" referrerpolicy="no-referrer"></script>';
		list( $settings, $refused ) = amparo_clean_settings( array( 'tag' => str_replace( '016 &amp; 1', '016', $tag ), 'relay' => '', 'site_key' => '' ), amparo_get_default_settings() );
		$this->assertSame( array(), $refused );
		$this->assertSame( $this->settings(), $settings );
		$this->assertSame( '016 & 1', amparo_read_tag( $tag )['phone'] );
	}

	public function test_the_pinned_tag_brings_its_pin(): void {
		$hash = 'sha384-' . str_repeat( 'A', 64 );
		$tag  = "<SCRIPT async src='https://www2.example.org/v/0.1.0-abcdef12/embed.js' integrity='$hash' crossorigin data-site=" . self::SITE_KEY . '></script>';
		$this->assertSame(
			array(
				'relay'     => 'https://www2.example.org',
				'version'   => '0.1.0-abcdef12',
				'integrity' => $hash,
				'site_key'  => self::SITE_KEY,
			),
			amparo_read_tag( $tag )
		);
	}

	public function test_a_pin_without_its_hash_is_none(): void {
		list( $settings ) = amparo_clean_settings( array( 'version' => '0.1.0-abcdef12' ), $this->settings() );
		$this->assertSame( '', $settings['version'] );
	}

	/** @return array<string, array{0: string}> */
	public function no_tags(): array {
		return array(
			'nothing'          => array( '' ),
			'another script'   => array( '<script src="https://a.example/analytics.js" data-site="x"></script>' ),
			'words'            => array( 'https://a.example/embed.js' ),
			'a comment'        => array( '<!-- <script src="https://a.example/embed.js"></script> -->' ),
			'never closed'     => array( '<script src="https://a.example/embed.js' ),
			'very many quotes' => array( '<script ' . str_repeat( '"', 20001 ) ),
		);
	}

	/** @dataProvider no_tags */
	public function test_what_is_no_tag_fills_in_nothing( string $pasted ): void {
		$this->assertSame( array(), amparo_read_tag( $pasted ) );
	}

	public function test_a_hostile_tag_is_refused_field_by_field(): void {
		$tag = '<script src="javascript://%0aalert(1)/embed.js" data-site="&quot;&gt;&lt;script&gt;" data-phone="&lt;b&gt;"></script>';
		list( $settings, $refused ) = amparo_clean_settings( array( 'tag' => $tag ), amparo_get_default_settings() );
		$this->assertSame( amparo_get_default_settings(), $settings );
		$this->assertSame( array( 'relay', 'site_key', 'phone' ), array_keys( $refused ) );
	}

	public function test_saving_tells_what_was_refused_and_saving_again_changes_nothing(): void {
		amparo_register_settings();
		update_option( 'amparo_settings', array( 'relay' => 'http://www2.example.org', 'phone' => '016' ) );
		$errors = get_settings_errors( 'amparo_settings' );
		$this->assertSame( array( 'amparo-relay' ), array_column( $errors, 'code' ) );
		$this->assertStringContainsString( 'https', $errors[0]['message'] );
		$once = get_option( 'amparo_settings' );
		$this->assertSame( '016', $once['phone'] );
		$this->assertSame( $once, sanitize_option( 'amparo_settings', $once ) );
	}

	public function test_a_damaged_option_is_read_as_its_defaults(): void {
		foreach ( array( 'text', array( 'pages' => 'x', 'relay' => array() ), false ) as $stored ) {
			update_option( 'amparo_settings', $stored );
			$this->assertSame( amparo_get_default_settings(), amparo_get_settings() );
		}
	}
}
