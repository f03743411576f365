<?php
/**
 * On which pages the chat is. Depends on the address alone, so that a page cache may keep every page.
 *
 * @package Amparo
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Whether a page carries the chat.
 *
 * @param AmparoSettings $settings   The settings.
 * @param string         $path       The page's path below the website's address, with a slash in front.
 * @param int            $page_id    Of a single page or post; 0 for lists and the like.
 * @param bool           $has_button Whether the page itself holds a "talk to us" button.
 */
function amparo_is_chat_page( array $settings, string $path, int $page_id, bool $has_button ): bool {
	if ( amparo_matches_any( $settings['never'], $path ) ) {
		return false;
	}
	if ( 'everywhere' === $settings['show'] || $has_button ) {
		return true;
	}
	return in_array( $page_id, $settings['pages'], true ) || amparo_matches_any( $settings['patterns'], $path );
}

/**
 * Whether the path is one of these; a star stands for anything, a slash at the end makes no difference.
 *
 * @param list<string> $patterns Such as "/help/*".
 */
function amparo_matches_any( array $patterns, string $path ): bool {
	$path = rtrim( rawurldecode( $path ), '/' );
	foreach ( $patterns as $pattern ) {
		$wanted = str_replace( '\*', '.*', preg_quote( rtrim( rawurldecode( $pattern ), '/' ), '~' ) );
		if ( preg_match( '~^' . $wanted . '$~us', $path ) ) {
			return true;
		}
	}
	return false;
}

/** The path of the page that is asked for, below the website's address. */
function amparo_get_current_path(): string {
	// Compared with patterns only, never printed.
	$asked = isset( $_SERVER['REQUEST_URI'] ) ? (string) wp_unslash( $_SERVER['REQUEST_URI'] ) : '/'; // phpcs:ignore WordPress.Security.ValidatedSanitizedInput.InputNotSanitized
	$path  = (string) strtok( $asked, '?#' );
	$home  = rtrim( (string) wp_parse_url( home_url( '/' ), PHP_URL_PATH ), '/' );
	return '' !== $home && 0 === strpos( $path, $home . '/' ) ? substr( $path, strlen( $home ) ) : $path;
}

/**
 * The lines of a text field as patterns. A whole address of this website counts as its path.
 *
 * @param string|list<string> $lines As typed, or as kept.
 * @return list<string>
 */
function amparo_clean_patterns( $lines ): array {
	$lines    = is_array( $lines ) ? $lines : preg_split( '/\R/', $lines );
	$patterns = array();
	foreach ( array_slice( (array) $lines, 0, 100 ) as $line ) {
		// Decoded first: the sanitiser throws away what looks encoded, and with it every Arabic address.
		$path = is_string( $line ) ? trim( sanitize_text_field( rawurldecode( str_replace( home_url(), '', $line ) ) ) ) : '';
		if ( '' !== $path ) {
			$patterns[] = mb_substr( '/' . ltrim( $path, '/' ), 0, 200 );
		}
	}
	return array_values( array_unique( $patterns ) );
}
