<?php
/**
 * What the plugin says of itself in two places is the same, and what it lists is there.
 *
 * @package Amparo
 */

namespace Amparo\Tests;

/** The header of the plugin, readme.txt and the folder for WordPress's directory. */
class Readme_Test extends Plugin_Case {

	private static function readme(): string {
		return (string) file_get_contents( WP_PLUGIN_DIR . '/amparo/readme.txt' );
	}

	public function test_header_and_readme_agree(): void {
		$header = get_plugin_data( WP_PLUGIN_DIR . '/amparo/amparo.php', false, false );
		$lines  = array(
			'Requires at least' => $header['RequiresWP'],
			'Requires PHP'      => $header['RequiresPHP'],
			'Stable tag'        => $header['Version'],
			'License'           => 'GPL-2.0-or-later',
		);
		foreach ( $lines as $name => $value ) {
			$this->assertNotSame( '', $value );
			$this->assertStringContainsString( "\n$name: $value\n", self::readme() );
		}
		$this->assertSame( AMPARO_VERSION, $header['Version'] );
		$this->assertSame( 'amparo', $header['TextDomain'] );
	}

	public function test_the_short_description_is_as_short_as_the_directory_wants(): void {
		$line = explode( "\n\n", self::readme() )[1];
		$this->assertLessThanOrEqual( 150, strlen( $line ), $line );
	}

	public function test_every_listed_picture_is_there(): void {
		preg_match( '/== Screenshots ==(.*?)\n==/s', self::readme(), $listed );
		preg_match_all( '/^(\d+)\./m', $listed[1], $numbers );
		$this->assertCount( 3, $numbers[1] );
		$directory = dirname( __DIR__ ) . '/directory/';
		foreach ( $numbers[1] as $number ) {
			$this->assertFileExists( "{$directory}screenshot-$number.png" );
		}
		foreach ( array( 128, 256 ) as $size ) {
			$this->assertSame( array( $size, $size ), array_slice( getimagesize( "{$directory}icon-{$size}x{$size}.png" ), 0, 2 ) );
		}
	}

	public function test_no_file_of_the_plugin_answers_when_it_is_called_by_itself(): void {
		foreach ( glob( WP_PLUGIN_DIR . '/amparo/*.php' ) as $file ) {
			$before = (string) file_get_contents( $file );
			$guard  = preg_match( "/if \( ! defined\( '(ABSPATH|WP_UNINSTALL_PLUGIN)' \) \) \{\n\texit;/", $before );
			$this->assertSame( 1, $guard, basename( $file ) );
		}
	}
}
