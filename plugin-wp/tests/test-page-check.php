<?php
/**
 * What Site Health says of the website's own page.
 *
 * @package Amparo
 */

namespace Amparo\Tests;

/** The tag on the page, and what watches beside it. */
class Page_Check_Test extends Plugin_Case {

	private function page( string $more = '' ): string {
		$this->set_up_with();
		return '<!doctype html><html><head><title>NGO</title></head><body><script src="/theme.js"></script>' . $more . $this->printed( 'amparo_print_tag' ) . '</body></html>';
	}

	/** @return list<string> */
	private function states( string $page ): array {
		return array_column( amparo_check_page( $page, amparo_get_settings() ), 'state' );
	}

	public function test_a_page_as_it_should_be(): void {
		$this->assertSame( array( 'good' ), $this->states( $this->page() ) );
	}

	/** @return array<string, array{0: callable(string): string, 1: string}> */
	public function damages(): array {
		$replace = static function ( string $what, string $by ): callable {
			return static function ( string $page ) use ( $what, $by ): string {
				$changed = preg_replace( $what, $by, $page );
				self::assertNotSame( $page, $changed, 'the damage is done' );
				return $changed;
			};
		};
		$src = 'https://www2\.example\.org/embed\.js';
		return array(
			'missing'                => array( $replace( '~<script async.*?</script>~s', '' ), '/is missing on this page/' ),
			'commented out'          => array( $replace( '~(<script [^>]*async.*?</script>)~s', '<!-- $1 -->' ), '/is missing on this page/' ),
			'merged'                 => array( $replace( "~<script [^>]*$src.*?</script>~s", '<script src="/cache/merged.js"></script>' ), '/is missing on this page/' ),
			'doubled'                => array( $replace( "~(<script [^>]*$src.*?</script>)~s", '$1$1' ), '/more than once/' ),
			'delayed, WP Rocket'     => array( $replace( "~<script ([^>]*)src=\"($src)\"~", '<script type="rocketlazyloadscript" $1data-rocket-src="$2"' ), '/rewrites the chat’s tag \(src, type\)/' ),
			'delayed, Rocket Loader' => array( $replace( "~<script ([^>]*)src=\"($src)\"~", '<script type="0a1b-text/javascript" $1src="$2"' ), '/rewrites the chat’s tag \(type\)/' ),
			'from elsewhere'         => array( $replace( "~$src~", 'https://cdn.example/embed.js' ), '/rewrites the chat’s tag \(src\)/' ),
			'an attribute lost'      => array( $replace( '~ data-org-key="[^"]*"~', '' ), '/rewrites the chat’s tag \(data-org-key\)/' ),
			'another phone'          => array( $replace( '~data-phone="016"~', 'data-phone="900"' ), '/rewrites the chat’s tag \(data-phone\)/' ),
			'no static block'        => array( $replace( '~<aside.*?</aside>~s', '' ), '/browsers without scripts is missing/' ),
		);
	}

	/** @dataProvider damages */
	public function test_damage_is_told_in_one_sentence( callable $damage, string $expected ): void {
		$sentences = array_column( amparo_check_page( $damage( $this->page() ), amparo_get_settings() ), 'sentence' );
		$this->assertCount( 1, preg_grep( $expected, $sentences ), implode( "\n", $sentences ) );
	}

	public function test_an_attribute_in_another_order_or_another_quote_is_no_damage(): void {
		$page = preg_replace( '~data-phone="016"~', "data-phone='016' id=x type=text/javascript", $this->page() );
		$this->assertSame( array( 'good' ), $this->states( $page ) );
	}

	/** @return array<string, array{0: string, 1: string, 2: string}> */
	public function watchers(): array {
		return array(
			'session replay as a script'  => array( '<script>(function(h){h.src="https://static.hotjar.com/c/hotjar-"})()</script>', 'bad', 'Hotjar' ),
			'session replay by address'   => array( '<script async src="https://www.clarity.ms/tag/abc"></script>', 'bad', 'Microsoft Clarity' ),
			'analytics'                   => array( '<script src="https://www.googletagmanager.com/gtag/js?id=G-1"></script>', 'hint', 'Google Analytics' ),
			'a pixel without scripts'     => array( '<noscript><img src="https://www.facebook.com/tr?id=1"></noscript><script>fbq("init")</script>', 'hint', 'Meta Pixel' ),
		);
	}

	/** @dataProvider watchers */
	public function test_what_watches_visitors_is_named( string $script, string $state, string $name ): void {
		$findings = amparo_check_page( $this->page( $script ), amparo_get_settings() );
		$this->assertSame( array( 'good', $state ), array_column( $findings, 'state' ) );
		$this->assertStringContainsString( $name, $findings[1]['sentence'] );
	}

	public function test_a_text_about_such_programs_is_no_such_program(): void {
		$this->assertSame( array( 'good' ), $this->states( $this->page( '<p>We removed hotjar.com and google-analytics.com.</p>' ) ) );
	}

	/** @return array<string, array{0: array<string, mixed>, 1: string}> */
	public function examples(): array {
		return array(
			'everywhere'   => array( array(), 'http://localhost/' ),
			'by pattern'   => array( array( 'show' => 'chosen', 'patterns' => array( '/help/*' ) ), 'http://localhost/help/' ),
			'by page'      => array( array( 'show' => 'chosen', 'pages' => array( 2 ), 'patterns' => array( '/x' ) ), 'the page' ),
			'nothing'      => array( array( 'show' => 'chosen' ), 'http://localhost/' ),
		);
	}

	/**
	 * @dataProvider examples
	 * @param array<string, mixed> $changes Of the settings.
	 */
	public function test_it_looks_at_a_page_that_should_have_the_chat( array $changes, string $expected ): void {
		$this->set_up_with( $changes );
		$expected = 'the page' === $expected ? get_permalink( 2 ) : $expected;
		$page     = $this->printed( 'amparo_print_tag' );
		$asked    = $this->network( array( $expected => array( 200, '<html>' . $page ) ) );
		amparo_check_own_page( amparo_get_settings() );
		$this->assertSame( $expected, $asked[0][0] );
		$this->assertArrayNotHasKey( 'cookies', array_filter( $asked[0][1] ), 'as a visitor, without a login' );
	}

	public function test_a_website_that_cannot_see_itself_says_so(): void {
		$this->set_up_with();
		$this->network( array() );
		$this->assertSame( array( 'hint' ), array_column( amparo_check_own_page( amparo_get_settings() ), 'state' ) );
	}
}
