<?php
/**
 * Stand-ins for optimisers. Each rewrites every script of a page unless the documented filter or attribute of the
 * optimiser that it stands for says otherwise. They show that our exclusions are the documented ones, not that any
 * release of those programs keeps to its documentation.
 *
 * @package Amparo
 */

namespace Amparo\Tests;

/** One function for each optimiser: a page goes in, the rewritten page comes out. */
class Stand_Ins {

	/** @return array<string, array{0: callable(string): string}> */
	public static function all(): array {
		return array(
			'WP Rocket: minify'      => array( array( self::class, 'rocket_minify' ) ),
			'WP Rocket: other hosts' => array( array( self::class, 'rocket_hosts' ) ),
			'WP Rocket: defer'       => array( array( self::class, 'rocket_defer' ) ),
			'WP Rocket: delay'       => array( array( self::class, 'rocket_delay' ) ),
			'Autoptimize'            => array( array( self::class, 'autoptimize' ) ),
			'LiteSpeed: merge'       => array( array( self::class, 'litespeed_merge' ) ),
			'LiteSpeed: defer'       => array( array( self::class, 'litespeed_defer' ) ),
			'LiteSpeed: guest'       => array( array( self::class, 'litespeed_guest' ) ),
			'W3 Total Cache'         => array( array( self::class, 'w3_total_cache' ) ),
			'Rocket Loader'          => array( array( self::class, 'rocket_loader' ) ),
		);
	}

	public static function rocket_minify( string $page ): string {
		return self::each_script_unless( $page, self::names( apply_filters( 'rocket_exclude_js', array() ) ) );
	}

	public static function rocket_hosts( string $page ): string {
		return self::each_script_unless( $page, self::names( apply_filters( 'rocket_minify_excluded_external_js', array() ) ) );
	}

	public static function rocket_defer( string $page ): string {
		return self::each_script_unless( $page, self::names( apply_filters( 'rocket_exclude_defer_js', array() ) ) );
	}

	/** Its list holds patterns, in which it escapes only a few signs. */
	public static function rocket_delay( string $page ): string {
		$patterns = str_replace( array( '+', '?ver', '#' ), array( '\+', '\?ver', '\#' ), apply_filters( 'rocket_delay_js_exclusions', array() ) );
		return self::each_script_unless(
			$page,
			static function ( string $script ) use ( $patterns ): bool {
				return array() !== $patterns && 1 === preg_match( '#(' . implode( '|', $patterns ) . ')#', $script );
			}
		);
	}

	public static function autoptimize( string $page ): string {
		$words = array_filter( array_map( 'trim', explode( ',', apply_filters( 'autoptimize_filter_js_exclude', '' ) ) ) );
		return self::each_script_unless( $page, self::names( $words ) );
	}

	public static function litespeed_merge( string $page ): string {
		return self::each_script_unless( $page, self::names( apply_filters( 'litespeed_optimize_js_excludes', array() ) ) );
	}

	public static function litespeed_defer( string $page ): string {
		return self::each_script_unless( $page, self::names( apply_filters( 'litespeed_optm_js_defer_exc', array() ) ) );
	}

	public static function litespeed_guest( string $page ): string {
		return self::each_script_unless( $page, self::names( apply_filters( 'litespeed_optm_gm_js_exc', array() ) ) );
	}

	public static function w3_total_cache( string $page ): string {
		return self::each_script_unless(
			$page,
			static function ( string $script ): bool {
				return ! apply_filters( 'w3tc_minify_js_do_tag_minification', true, $script, 'file.js' );
			}
		);
	}

	/** Reads its attribute only where it stands before `src`. */
	public static function rocket_loader( string $page ): string {
		return self::each_script_unless(
			$page,
			static function ( string $script ): bool {
				return 1 === preg_match( '/^<script\b[^>]*data-cfasync=["\']false["\'][^>]*\ssrc=/', $script );
			}
		);
	}

	/**
	 * @param array<mixed> $names Parts of addresses.
	 */
	private static function names( array $names ): callable {
		return static function ( string $script ) use ( $names ): bool {
			foreach ( $names as $name ) {
				if ( false !== strpos( $script, (string) $name ) ) {
					return true;
				}
			}
			return false;
		};
	}

	private static function each_script_unless( string $page, callable $is_excluded ): string {
		return (string) preg_replace_callback(
			'~<script\b[^>]*\ssrc=[^>]*></script>~',
			static function ( array $found ) use ( $is_excluded ): string {
				return $is_excluded( $found[0] ) ? $found[0] : str_replace( array( ' src=', '<script' ), array( ' data-src=', '<script type="text/x-later"' ), $found[0] );
			},
			$page
		);
	}
}
