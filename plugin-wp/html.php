<?php
/**
 * Reads tags out of a page or of what somebody pasted. Only attributes: nothing of it is ever shown or run.
 *
 * @package Amparo
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * The attributes of every element of this name, in order. Names are lower-case, values have their entities resolved.
 *
 * @return list<array<string, string>>
 */
function amparo_find_elements( string $html, string $name ): array {
	$html = (string) preg_replace( '/<!--.*?-->/s', '', $html );
	preg_match_all( '/<' . $name . '\b((?:[^>"\']|"[^"]*"|\'[^\']*\')*)>/i', $html, $found );
	return array_map( 'amparo_read_attributes', $found[1] );
}

/**
 * The attributes in the text between an element's name and its end.
 *
 * @return array<string, string>
 */
function amparo_read_attributes( string $text ): array {
	preg_match_all( '/([^\s=\/"\']+)(?:\s*=\s*(?:"([^"]*)"|\'([^\']*)\'|([^\s"\'>]+)))?/', $text, $found, PREG_SET_ORDER );
	$attributes = array();
	foreach ( $found as $one ) {
		$value = ( $one[2] ?? '' ) . ( $one[3] ?? '' ) . ( $one[4] ?? '' );
		// A browser keeps the first of two attributes with one name.
		$attributes += array( strtolower( $one[1] ) => html_entity_decode( $value, ENT_QUOTES | ENT_HTML5, 'UTF-8' ) );
	}
	return $attributes;
}

/** What the attributes of the console's tag are called among our settings. */
const AMPARO_TAG_NAMES = array(
	'integrity'      => 'integrity',
	'data-site'      => 'site_key',
	'data-org-key'   => 'org_key',
	'data-phone'     => 'phone',
	'data-emergency' => 'emergency',
	'data-whatsapp'  => 'whatsapp',
);

/**
 * What the tag that the console prints says, by the names of our settings. Empty where there is no tag.
 *
 * @return array<string, string>
 */
function amparo_read_tag( string $html ): array {
	foreach ( amparo_find_elements( $html, 'script' ) as $tag ) {
		if ( ! preg_match( '~^(.+?)(?:/v/([^/]+))?/embed\.js$~', $tag['src'] ?? '', $source ) ) {
			continue;
		}
		$said = array(
			'relay'   => $tag['data-relay'] ?? $source[1],
			'version' => $source[2] ?? '',
		);
		foreach ( AMPARO_TAG_NAMES as $attribute => $name ) {
			$said[ $name ] = $tag[ $attribute ] ?? '';
		}
		return array_filter( $said, 'strlen' );
	}
	return array();
}
