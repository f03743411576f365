<?php
/**
 * What may be an address, a key or a number. Pure functions: text in, clean text out, null where it cannot be used.
 *
 * @package Amparo
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/** Whether this is the computer itself: there browsers accept http, and so do we. */
function amparo_is_loopback( string $host ): bool {
	return in_array( strtolower( $host ), array( 'localhost', '127.0.0.1', '[::1]', '::1' ), true );
}

/**
 * Takes an address apart.
 *
 * @return array{scheme: string, host: string, authority: string, path: string, query: string}|null
 */
function amparo_split_address( string $text ): ?array {
	$text  = trim( $text );
	$parts = wp_parse_url( $text );
	if ( ! is_array( $parts ) || empty( $parts['host'] ) || isset( $parts['user'] ) || isset( $parts['pass'] ) ) {
		return null;
	}
	// Letters of every alphabet are fine, but nothing that could end an attribute or a line.
	if ( strlen( $text ) > 500 || preg_match( '/[\s"\'<>`\\\\\x00-\x1f\x7f]/', $text ) ) {
		return null;
	}
	$host = strtolower( $parts['host'] );
	return array(
		'scheme'    => strtolower( $parts['scheme'] ?? '' ),
		'host'      => $host,
		'authority' => isset( $parts['port'] ) ? $host . ':' . $parts['port'] : $host,
		'path'      => $parts['path'] ?? '',
		'query'     => isset( $parts['query'] ) ? '?' . $parts['query'] : '',
	);
}

/** Whether browsers would let a page use this address: https, or http on the computer itself. */
function amparo_is_safe_scheme( string $scheme, string $host ): bool {
	return 'https' === $scheme || ( 'http' === $scheme && amparo_is_loopback( $host ) );
}

/** The relay's address without a slash at its end. Somebody may paste the console's address or the loader's. */
function amparo_clean_relay( string $text ): ?string {
	$parts = amparo_split_address( preg_match( '~^[a-z]+://~i', trim( $text ) ) ? $text : 'https://' . trim( $text ) );
	if ( null === $parts || ! amparo_is_safe_scheme( $parts['scheme'], $parts['host'] ) ) {
		return null;
	}
	$path = (string) preg_replace( '~/(embed\.js|v/.*|chat|console(/.*)?)$~', '', $parts['path'] );
	return $parts['scheme'] . '://' . $parts['authority'] . rtrim( $path, '/' );
}

/** Where the exit leads. Not to http, where everybody on the way reads along, and not to this website. */
function amparo_clean_exit_url( string $text ): ?string {
	$parts = amparo_split_address( $text );
	if ( null === $parts || ! amparo_is_safe_scheme( $parts['scheme'], $parts['host'] ) ) {
		return null;
	}
	$address = $parts['scheme'] . '://' . $parts['authority'] . ( '' === $parts['path'] ? '/' : $parts['path'] ) . $parts['query'];
	return amparo_is_own_address( $parts ) ? null : $address;
}

/**
 * Whether this address belongs to the website itself, with or without "www".
 *
 * @param array{scheme: string, host: string, authority: string, path: string, query: string} $parts Of the address.
 */
function amparo_is_own_address( array $parts ): bool {
	$own  = amparo_split_address( home_url( '/' ) );
	$bare = static function ( string $name ): string {
		return (string) preg_replace( '/^www\./', '', $name );
	};
	return null !== $own && $bare( $own['authority'] ) === $bare( $parts['authority'] );
}

/** A site's key, as the console prints it. */
function amparo_clean_site_key( string $text ): ?string {
	return preg_match( '/^[\w-]{16}$/', trim( $text ) ) ? trim( $text ) : null;
}

/** The organisation's public key, as the console prints it. */
function amparo_clean_org_key( string $text ): ?string {
	return preg_match( '/^[\w-]{43}$/', trim( $text ) ) ? trim( $text ) : null;
}

/** A version of the program, as the relay names it in its addresses. */
function amparo_clean_version( string $text ): ?string {
	return preg_match( '/^\d+\.\d+\.\d+-[0-9a-f]{8}$/', trim( $text ) ) ? trim( $text ) : null;
}

/** The hash of the pinned loader. */
function amparo_clean_integrity( string $text ): ?string {
	return preg_match( '~^sha384-[A-Za-z0-9+/]{64}$~', trim( $text ) ) ? trim( $text ) : null;
}

/** A telephone number as people write it. */
function amparo_clean_phone( string $text ): ?string {
	$text = trim( $text );
	return preg_match( '~^(?=.*\d)[\d ()+.*#/-]{2,40}$~', $text ) ? $text : null;
}

/** A WhatsApp number: digits with the country's code, as wa.me wants them. */
function amparo_clean_whatsapp( string $text ): ?string {
	$digits = (string) preg_replace( '/[\s()+.-]/', '', preg_replace( '~^https://wa\.me/~', '', trim( $text ) ) ?? '' );
	return preg_match( '/^[1-9]\d{6,14}$/', $digits ) ? $digits : null;
}

/** One short line of plain text. */
function amparo_clean_line( string $text ): string {
	return trim( mb_substr( sanitize_text_field( $text ), 0, 60 ) );
}

/** What a telephone is told to dial. */
function amparo_get_dial_address( string $phone ): string {
	return 'tel:' . preg_replace( '/[^\d+*#]/', '', $phone );
}
