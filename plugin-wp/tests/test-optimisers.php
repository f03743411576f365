<?php
/**
 * Optimisers leave the tag alone. Shown against stand-ins that apply the documented filters and attributes.
 *
 * @package Amparo
 */

namespace Amparo\Tests;

/** Each stand-in rewrites other scripts, and would rewrite ours if nothing were said. */
class Optimisers_Test extends Plugin_Case {

	private const OTHER = '<script src="https://a.example/other.js"></script>';

	/** @return array<string, array{0: callable(string): string}> */
	public function optimisers(): array {
		return Stand_Ins::all();
	}

	/** @dataProvider optimisers */
	public function test_the_tag_stays_and_other_scripts_are_rewritten( callable $optimise ): void {
		foreach ( array( 'relay', 'site' ) as $source ) {
			$this->set_up_with( array( 'source' => $source ) );
			$tag  = $this->printed( 'amparo_print_tag' );
			$page = $optimise( self::OTHER . $tag );
			$this->assertStringContainsString( 'text/x-later', $page, 'the stand-in works' );
			$this->assertStringNotContainsString( self::OTHER, $page );
			$this->assertStringContainsString( $tag, $page );
			$this->assertSame( 'good', amparo_check_tag( $page, amparo_get_settings() )['state'] );
		}
	}

	/** @dataProvider optimisers */
	public function test_without_our_word_the_tag_would_be_rewritten_and_the_page_check_says_so( callable $optimise ): void {
		$this->set_up_with();
		$tag = $this->printed( 'amparo_print_tag' );
		foreach ( array( 'rocket_exclude_js', 'rocket_exclude_defer_js', 'rocket_delay_js_exclusions', 'rocket_minify_excluded_external_js', 'litespeed_optimize_js_excludes', 'litespeed_optm_js_defer_exc', 'litespeed_optm_gm_js_exc', 'autoptimize_filter_js_exclude', 'w3tc_minify_js_do_tag_minification' ) as $filter ) {
			remove_all_filters( $filter );
		}
		$page = $optimise( str_replace( 'data-cfasync="false"', '', $tag ) );
		$this->assertStringContainsString( 'text/x-later', $page );
		$this->assertSame( 'bad', amparo_check_tag( $page, amparo_get_settings() )['state'] );
	}

	public function test_lists_of_others_are_kept(): void {
		$this->set_up_with();
		$this->assertContains( '/theirs.js', apply_filters( 'rocket_exclude_js', array( 'a' => '/theirs.js' ) ) );
		$this->assertContains( 'theirs.example', apply_filters( 'rocket_minify_excluded_external_js', array( 'theirs.example' ) ) );
		$this->assertSame( 'theirs.js, https://www2.example.org/embed.js', apply_filters( 'autoptimize_filter_js_exclude', 'theirs.js' ) );
		$this->assertFalse( apply_filters( 'w3tc_minify_js_do_tag_minification', false, '<script src="x.js">', 'x.js' ) );
		$this->assertTrue( apply_filters( 'w3tc_minify_js_do_tag_minification', true, '<script src="x.js">', 'x.js' ) );
	}

	public function test_attributes_of_optimisers_appear_only_beside_them(): void {
		$this->assertSame( array( 'data-cfasync' => 'false' ), amparo_get_exclusion_attributes() );
	}

	public function test_beside_them_they_do(): void {
		$this->assertSame(
			array( 'data-cfasync', 'nowprocket', 'data-noptimize', 'data-no-optimize', 'data-no-defer' ),
			array_keys( amparo_get_exclusion_attributes( '__return_true' ) )
		);
	}
}
