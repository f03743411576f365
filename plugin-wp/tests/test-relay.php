<?php
/**
 * What the settings page says of a relay, one sentence for each thing that can be wrong.
 *
 * @package Amparo
 */

namespace Amparo\Tests;

/** The check of the relay, against answers from a list. */
class Relay_Test extends Plugin_Case {

	private const RUNNING = '0.2.0-22222222';
	private const LOADER  = '(()=>{window.Amparo={};fetch("/v/0.2.0-22222222/open.js")})()';

	/**
	 * A relay that fits, with these answers changed.
	 *
	 * @param array<string, array{0: int, 1: string}|string> $changes By path.
	 */
	private function relay( array $changes = array() ): \ArrayObject {
		$answers = array(
			'/embed.js'                    => array( 200, self::LOADER ),
			'/v/' . self::RUNNING . '/embed.js' => array( 200, self::LOADER ),
			'/api/pass'                    => array( 200, '{"pass":"x"}' ),
		);
		$network = array();
		foreach ( array_merge( $answers, $changes ) as $path => $answer ) {
			$network[ self::RELAY . $path ] = $answer;
		}
		return $this->network( $network );
	}

	/**
	 * States and sentences of a check.
	 *
	 * @param array<string, mixed> $changes Of the settings.
	 */
	private function said( array $changes = array() ): string {
		$lines = array_map(
			static function ( array $finding ): string {
				return $finding['state'] . ': ' . $finding['sentence'];
			},
			amparo_check_relay( $this->settings( $changes ) )
		);
		return implode( "\n", $lines );
	}

	public function test_a_relay_that_fits(): void {
		$asked = $this->relay();
		$this->assertSame( "good: The relay answers. It runs version 0.2.0-22222222.\ngood: The relay knows the site key and allows this website.", $this->said() );
		$this->assertSame( array( self::RELAY . '/embed.js', self::RELAY . '/api/pass' ), array_column( $asked->getArrayCopy(), 0 ) );
	}

	/** @return array<string, array{0: array<string, array{0: int, 1: string}|string>, 1: array<string, mixed>, 2: string}> */
	public function troubles(): array {
		$pin  = array( 'version' => '0.1.0-11111111', 'integrity' => amparo_hash( 'old' ) );
		$kept = array( '/v/0.1.0-11111111/embed.js' => array( 200, 'old' ) );
		return array(
			'no address'           => array( array(), array( 'relay' => '' ), '/^bad: There is no relay address yet[^\n]*$/' ),
			'unreachable'          => array( array( '/embed.js' => 'cURL error 7: Failed to connect' ), array(), '/^bad: Nothing answers at https:\/\/www2\.example\.org\. [^\n]*$/' ),
			'unreachable, no curl' => array( array( '/embed.js' => 'stream_socket_client(): Unable to connect to ssl://www2.example.org:443 (Connection refused)' ), array(), '/^bad: Nothing answers at [^\n]*$/' ),
			'certificate, no curl' => array( array( '/embed.js' => 'stream_socket_client(): SSL operation failed with code 1. error:0A000086:SSL routines::certificate verify failed' ), array(), '/^bad: The certificate of [^\n]*$/' ),
			'certificate'          => array( array( '/embed.js' => 'cURL error 60: SSL certificate problem' ), array(), '/^bad: The certificate of [^\n]*$/' ),
			'not Amparo: a page'   => array( array( '/embed.js' => array( 200, '<html>Welcome</html>' ) ), array(), '/^bad: Something answers at [^\n]*not an Amparo relay\.$/' ),
			'not Amparo: 404'      => array( array( '/embed.js' => array( 404, self::LOADER ) ), array(), '/^bad: Something answers at [^\n]*$/' ),
			'not Amparo: moved'    => array( array( '/embed.js' => array( 301, '' ) ), array(), '/^bad: Something answers at [^\n]*$/' ),
			'pinned, gone'         => array( array(), $pin, '/\nbad: The relay runs version 0\.2\.0-22222222 and no longer serves version 0\.1\.0-11111111, [^\n]*\n/' ),
			'pinned, changed'      => array( array( '/v/0.1.0-11111111/embed.js' => array( 200, 'other' ) ), $pin, '/\nbad: The relay runs version [^\n]* no longer serves [^\n]*\n/' ),
			'pinned, older'        => array( $kept, $pin, '/\nhint: The relay runs version 0\.2\.0-22222222; this website stays with version 0\.1\.0-11111111/' ),
			'pinned, the same'     => array( array(), array( 'version' => self::RUNNING, 'integrity' => amparo_hash( self::LOADER ) ), '/\ngood: The program is exactly the one/' ),
			'from here, unknown'   => array( array(), array( 'source' => 'site' ), '/\nbad: The relay runs version [^\n]* does not know version [^\n]*which came with this plugin/' ),
			'no site key'          => array( array(), array( 'site_key' => '' ), '/\nbad: There is no site key yet/' ),
			'unknown site key'     => array( array( '/api/pass' => array( 404, '{"code":"unknown-site"}' ) ), array(), '/\nbad: The relay does not know this site key/' ),
			'website not allowed'  => array( array( '/api/pass' => array( 403, '{}' ) ), array(), '/\nbad: The relay does not allow http:\/\/localhost yet/' ),
			'relay restarting'     => array( array( '/api/pass' => array( 503, '' ) ), array(), '/\nhint: The relay did not say/' ),
			'no organisation key'  => array( array(), array( 'org_key' => '' ), '/\nhint: The organisation’s key is missing/' ),
			'no numbers'           => array( array(), array( 'phone' => '', 'emergency' => '' ), '/\nhint: There is no phone/' ),
		);
	}

	/**
	 * @dataProvider troubles
	 * @param array<string, array{0: int, 1: string}|string> $answers Of the relay.
	 * @param array<string, mixed>                           $changes Of the settings.
	 */
	public function test_each_trouble_has_its_sentence( array $answers, array $changes, string $expected ): void {
		$this->relay( $answers );
		$this->assertMatchesRegularExpression( $expected, $this->said( $changes ) );
	}

	public function test_a_website_on_http_is_told(): void {
		$this->relay();
		add_filter( 'home_url', static function (): string {
			return 'http://www.example.org/';
		} );
		$this->assertStringContainsString( "\nbad: This website is not on https.", $this->said() );
	}

	public function test_the_version_in_this_plugin_counts_when_the_website_serves_it(): void {
		$version = amparo_get_widget_version();
		$loader  = (string) file_get_contents( WP_PLUGIN_DIR . "/amparo/widget/$version/embed.js" );
		$this->relay( array( '/embed.js' => array( 200, $loader ), "/v/$version/embed.js" => array( 200, $loader ) ) );
		$this->assertStringContainsString( "It runs version $version.\ngood: The program is exactly the one", $this->said( array( 'source' => 'site' ) ) );
	}

	public function test_the_pin_is_the_hash_of_what_the_relay_serves(): void {
		$this->relay();
		$expected = array(
			'version'   => self::RUNNING,
			'integrity' => 'sha384-' . base64_encode( hash( 'sha384', self::LOADER, true ) ),
		);
		$this->assertSame( $expected, amparo_get_pin( self::RELAY ) );
		$this->assertSame( $expected['integrity'], amparo_clean_integrity( $expected['integrity'] ) );
		$this->assertNull( amparo_get_pin( 'https://other.example' ) );
	}

	public function test_the_question_about_the_site_key_is_the_one_a_browser_asks(): void {
		$asked = $this->relay();
		$this->said();
		list( , $arguments ) = $asked[1];
		$this->assertSame( 'POST', $arguments['method'] );
		$this->assertSame( 'http://localhost', $arguments['headers']['Origin'] );
		$this->assertSame( '{"site":"' . self::SITE_KEY . '"}', $arguments['body'] );
		$this->assertSame( 0, $arguments['redirection'] );
	}

	public function test_a_website_on_the_internet_asks_no_address_inside_its_own_network(): void {
		add_filter( 'home_url', static function (): string {
			return 'https://www.example.org/';
		} );
		foreach ( array( 'https://127.0.0.1/embed.js', 'https://192.168.1.1/embed.js', 'https://10.0.0.1:8443/embed.js' ) as $inside ) {
			$this->assertSame( 'http_request_failed', amparo_fetch( $inside )->get_error_code() );
		}
		$asked = $this->network( array() );
		amparo_fetch( 'https://93.184.216.34:8443/embed.js' );
		$this->assertTrue( $asked[0][1]['reject_unsafe_urls'] );
		$this->assertNotFalse( apply_filters( 'http_allowed_safe_ports', array( 80 ), '', '' ) );
		$this->assertSame( array( 80 ), apply_filters( 'http_allowed_safe_ports', array( 80 ), '', '' ), 'the port is allowed for that one question' );
	}
}
