<?php
/**
 * On which pages the chat is.
 *
 * @package Amparo
 */

namespace Amparo\Tests;

/** The rules of placement, which depend on the address alone. */
class Placement_Test extends Plugin_Case {

	/** @return array<string, array{0: array<string, mixed>, 1: string, 2: int, 3: bool, 4: bool}> */
	public function pages(): array {
		$chosen = array(
			'show'     => 'chosen',
			'pages'    => array( 7 ),
			'patterns' => array( '/help/*', '/مساعدة' ),
		);
		return array(
			'everywhere'                         => array( array(), '/any', 0, false, true ),
			'everywhere but here'                => array( array( 'never' => array( '/shop/*' ) ), '/shop/cart/', 0, false, false ),
			'a star does not reach above'        => array( array( 'never' => array( '/shop/*' ) ), '/shopping', 0, false, true ),
			'never is stronger than chosen'      => array( $chosen + array( 'never' => array( '/help/press' ) ), '/help/press/', 0, false, false ),
			'never is stronger than a button'    => array( array( 'never' => array( '/x' ) ), '/x', 0, true, false ),
			'the front page by its slash'        => array( array( 'show' => 'chosen', 'patterns' => array( '/' ) ), '/', 0, false, true ),
			'the front page only'                => array( array( 'show' => 'chosen', 'patterns' => array( '/' ) ), '/a', 0, false, false ),
			'a chosen page'                      => array( $chosen, '/about', 7, false, true ),
			'a page that is not chosen'          => array( $chosen, '/about', 8, false, false ),
			'a chosen address'                   => array( $chosen, '/help/legal/', 0, false, true ),
			'slash or no slash'                  => array( array( 'show' => 'chosen', 'patterns' => array( '/help/' ) ), '/help', 0, false, true ),
			'Arabic, as browsers send it'        => array( $chosen, '/%D9%85%D8%B3%D8%A7%D8%B9%D8%AF%D8%A9/', 0, false, true ),
			'a page with a button on it'         => array( $chosen, '/about', 8, true, true ),
			'a dot is a dot'                     => array( array( 'show' => 'chosen', 'patterns' => array( '/a.b' ) ), '/axb', 0, false, false ),
			'a bracket is a bracket'             => array( array( 'show' => 'chosen', 'patterns' => array( '/a(' ) ), '/a(', 0, false, true ),
		);
	}

	/**
	 * @dataProvider pages
	 * @param array<string, mixed> $changes Of the settings.
	 */
	public function test_a_page_has_the_chat_or_not( array $changes, string $path, int $id, bool $has_button, bool $expected ): void {
		$this->assertSame( $expected, amparo_is_chat_page( $this->settings( $changes ), $path, $id, $has_button ) );
	}

	public function test_patterns_are_taken_as_people_write_them(): void {
		$typed = "help/*\r\n\n /help/* \nhttp://localhost/contact?x\n/%D9%85%D8%B3%D8%A7%D8%B9%D8%AF%D8%A9/\n<b>/x</b>";
		$this->assertSame( array( '/help/*', '/contact?x', '/مساعدة/', '/x' ), amparo_clean_patterns( $typed ) );
		$this->assertCount( 100, amparo_clean_patterns( implode( "\n", range( 1, 500 ) ) ) );
	}

	public function test_a_website_in_a_folder_counts_from_its_folder(): void {
		add_filter(
			'home_url',
			static function ( string $address, string $path ): string {
				return 'https://example.org/ngo' . $path;
			},
			10,
			2
		);
		$_SERVER['REQUEST_URI'] = '/ngo/help/?utm=1';
		$this->assertSame( '/help/', amparo_get_current_path() );
		$_SERVER['REQUEST_URI'] = '/ngoods/';
		$this->assertSame( '/ngoods/', amparo_get_current_path() );
	}
}
