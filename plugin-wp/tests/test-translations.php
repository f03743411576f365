<?php
/**
 * Every text is there in every language, and none promises what cannot be kept.
 *
 * After a change of texts: `xgettext --language=PHP --from-code=UTF-8 --no-location --no-wrap --keyword=__
 * --keyword=_n:1,2 --keyword=esc_html__ --keyword=esc_attr__ -o languages/amparo.pot *.php`, then `msgmerge --update`
 * and `msgfmt` for each language.
 *
 * @package Amparo
 */

namespace Amparo\Tests;

/** The .po and .mo files, and the texts in the source. */
class Translations_Test extends Plugin_Case {

	/** What no text may say; the same words that the repository's own rules forbid in the widget. */
	private const CLAIMS = array(
		'en_US' => 'untraceable|invisible|100 ?%|(totally|completely|perfectly) safe|unbreakable|anonymous|guarantee|risk-free',
		'es_ES' => 'irrastreable|imposible de rastrear|invisible|100 ?%|(totalmente|completamente) segur|anónim|garantiza',
		'it_IT' => 'tracciabil|invisibile|100 ?%|(totalmente|completamente) sicur|anonim|garanti',
		'pt_BR' => 'rastreá|invisível|100 ?%|(totalmente|completamente) segur|anônim|garant',
		'pt_PT' => 'rastreá|invisível|100 ?%|(totalmente|completamente) segur|anónim|garant',
		'ar'    => 'لا يمكن تعقب|غير مرئي|آمن تمام|آمنة تمام|100|مجهول|نضمن|مضمون',
	);

	private static function folder(): string {
		return dirname( __DIR__ ) . '/languages/amparo-';
	}

	/**
	 * Every text in the plugin's source.
	 *
	 * @return list<string>
	 */
	private function texts(): array {
		$texts = array();
		foreach ( glob( dirname( __DIR__ ) . '/*.php' ) as $file ) {
			$tokens = array_values( array_filter( token_get_all( file_get_contents( $file ) ), static function ( $token ): bool {
				return ! is_array( $token ) || T_WHITESPACE !== $token[0];
			} ) );
			foreach ( $tokens as $at => $token ) {
				if ( is_array( $token ) && in_array( $token[1], array( '__', '_n', 'esc_html__', 'esc_attr__' ), true ) && '(' === $tokens[ $at + 1 ] ) {
					$this->assertSame( T_CONSTANT_ENCAPSED_STRING, $tokens[ $at + 2 ][0], "$file: a text is written out" );
					$texts[] = stripslashes( trim( $tokens[ $at + 2 ][1], "'" ) );
				}
			}
		}
		return array_values( array_unique( $texts ) );
	}

	/** @return array<string, array{0: string}> */
	public function languages(): array {
		return array(
			'Spanish'              => array( 'es_ES' ),
			'Italian'              => array( 'it_IT' ),
			'Brazilian Portuguese' => array( 'pt_BR' ),
			'Portuguese'           => array( 'pt_PT' ),
			'Arabic'               => array( 'ar' ),
		);
	}

	/** @dataProvider languages */
	public function test_every_text_is_translated_with_its_placeholders( string $locale ): void {
		$mo = new \MO();
		$this->assertTrue( $mo->import_from_file( self::folder() . $locale . '.mo' ) );
		$texts = $this->texts();
		$this->assertGreaterThan( 100, count( $texts ) );
		$known = array();
		foreach ( $mo->entries as $entry ) {
			$known[ $entry->singular ] = $entry->translations;
		}
		$this->assertSame( array(), array_diff( $texts, array_keys( $known ) ), 'no text is missing' );
		$this->assertSame( array(), array_diff( array_keys( $known ), $texts ), 'no translation is of a text that is gone' );
		foreach ( $known as $text => $translations ) {
			foreach ( $translations as $translation ) {
				$this->assertNotSame( '', trim( $translation ), $text );
				$this->assertSame( $this->placeholders( $text ), $this->placeholders( $translation ), $text );
				$this->assertDoesNotMatchRegularExpression( '/!|¡/u', $translation, 'calm' );
				$this->assertDoesNotMatchRegularExpression( '/' . self::CLAIMS[ $locale ] . '/iu', $translation );
			}
		}
	}

	/** @return list<string> */
	private function placeholders( string $text ): array {
		preg_match_all( '/%(?:\d\$)?[sd]/', $text, $found );
		sort( $found[0] );
		return $found[0];
	}

	/** @dataProvider languages */
	public function test_what_is_shipped_is_what_the_translators_wrote( string $locale ): void {
		require_once ABSPATH . WPINC . '/pomo/po.php';
		$written = new \PO();
		$this->assertTrue( $written->import_from_file( self::folder() . $locale . '.po' ) );
		$shipped = new \MO();
		$shipped->import_from_file( self::folder() . $locale . '.mo' );
		$by_text = static function ( array $entries ): array {
			$translations = array_column( $entries, 'translations', 'singular' );
			ksort( $translations );
			return $translations;
		};
		$this->assertSame( $by_text( $written->entries ), $by_text( $shipped->entries ) );
	}

	public function test_english_promises_nothing_either(): void {
		foreach ( array_merge( $this->texts(), array( file_get_contents( dirname( __DIR__ ) . '/readme.txt' ) ) ) as $text ) {
			$this->assertDoesNotMatchRegularExpression( '/' . self::CLAIMS['en_US'] . '/i', $text );
		}
	}

	/** @return array<string, array{0: string, 1: string}> */
	public function variants(): array {
		return array(
			'itself'                   => array( 'ar', 'ar' ),
			'Mexican Spanish'          => array( 'es_MX', 'es_ES' ),
			'Moroccan Arabic'          => array( 'ary', 'ary' ),
			'Angolan Portuguese'       => array( 'pt_AO', 'pt_PT' ),
			'the other Portuguese'     => array( 'pt_PT_ao90', 'pt_PT' ),
			'a language we do not have' => array( 'de_DE', 'de_DE' ),
		);
	}

	/** @dataProvider variants */
	public function test_a_variant_gets_its_language( string $wanted, string $expected ): void {
		$plugin = WP_PLUGIN_DIR . '/amparo/languages/amparo-';
		$this->assertSame( $plugin . $expected . '.mo', apply_filters( 'load_textdomain_mofile', $plugin . $wanted . '.mo', 'amparo' ) );
	}

	public function test_the_translation_of_another_plugin_is_left_alone(): void {
		$this->assertSame( '/x/amparo-es_MX.mo', apply_filters( 'load_textdomain_mofile', '/x/amparo-es_MX.mo', 'other' ) );
	}

	public function test_a_page_speaks_the_websites_language(): void {
		$this->set_up_with();
		load_textdomain( 'amparo', WP_PLUGIN_DIR . '/amparo/languages/amparo-ar.mo' );
		$page = $this->printed( 'amparo_print_tag' );
		unload_textdomain( 'amparo' );
		$this->assertStringContainsString( 'مغادرة هذه الصفحة', $page );
		$this->assertStringContainsString( 'dir="ltr"', $page, 'a number stays readable' );
	}
}
