<?php
/**
 * The tag, and what stands beside it for pages without scripts and for the time when the relay is down.
 * Pure: settings in, attributes or HTML out.
 *
 * @package Amparo
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Where the loader comes from.
 *
 * @param AmparoSettings $settings The settings.
 */
function amparo_get_loader_address( array $settings ): string {
	if ( amparo_is_served_here( $settings ) ) {
		return amparo_get_own_loader_address();
	}
	$folder = '' === $settings['version'] ? '' : '/v/' . $settings['version'];
	return $settings['relay'] . $folder . AMPARO_LOADER_NAME;
}

/**
 * Whether the website serves the widget's files itself.
 *
 * @param AmparoSettings $settings The settings.
 */
function amparo_is_served_here( array $settings ): bool {
	return 'site' === $settings['source'] && amparo_has_widget_files();
}

/**
 * The attributes of the script tag, in order. Only what differs from the loader's own defaults.
 *
 * @param AmparoSettings $settings The settings.
 * @return array<string, string|true>
 */
function amparo_get_tag_attributes( array $settings ): array {
	$attributes = array( 'async' => true ) + amparo_get_exclusion_attributes();

	$attributes['src'] = esc_url( amparo_get_loader_address( $settings ) );
	if ( amparo_is_served_here( $settings ) ) {
		$attributes['data-relay'] = $settings['relay'];
	} elseif ( '' !== $settings['integrity'] ) {
		$attributes['integrity']   = $settings['integrity'];
		$attributes['crossorigin'] = 'anonymous';
	}
	$attributes += array_filter(
		array(
			'data-site'      => $settings['site_key'],
			'data-org-key'   => $settings['org_key'],
			'data-locale'    => 'auto' === $settings['locale'] ? '' : $settings['locale'],
			'data-position'  => 'end' === $settings['position'] ? '' : $settings['position'],
			'data-title'     => $settings['title'],
			'data-phone'     => $settings['phone'],
			'data-emergency' => $settings['emergency'],
			'data-whatsapp'  => 'off' === $settings['whatsapp_place'] ? '' : $settings['whatsapp'],
			'data-exit'      => 'chat' === $settings['exit'] ? 'chat' : 'page',
			'data-exit-url'  => $settings['exit_url'],
		),
		'strlen'
	);
	return $attributes + array( 'referrerpolicy' => 'no-referrer' );
}

/**
 * The chat's own page on the relay, for browsers without scripts.
 *
 * @param AmparoSettings $settings The settings.
 */
function amparo_get_chat_address( array $settings ): string {
	return $settings['relay'] . '/chat?site=' . rawurlencode( $settings['site_key'] );
}

/**
 * The static block. The loader hides it once it runs and shows it again where the chat cannot open.
 *
 * Its place and looks are inline: before the click nothing but the loader is fetched.
 *
 * @param AmparoSettings $settings The settings.
 */
function amparo_get_static_block( array $settings ): string {
	$side  = 'start' === $settings['position'] ? 'inset-inline-start' : 'inset-inline-end';
	$style = "position:fixed;bottom:16px;$side:16px;z-index:99999;max-width:calc(100vw - 32px);box-sizing:border-box;padding:8px 16px;"
		. 'background:#fff;color:#1d2a2f;border:1px solid #7a8688;border-radius:8px;font:16px/1.5 system-ui,sans-serif';
	$lines = array();
	if ( 'chat' !== $settings['exit'] ) {
		$lines[] = amparo_get_exit_link( $settings );
	}
	$chat    = __( 'Open the chat in a new tab', 'amparo' );
	$lines   = array_merge( $lines, amparo_get_phone_lines( $settings ) );
	$lines[] = sprintf( '<a href="%s" target="_blank" rel="noopener noreferrer" style="color:inherit">%s</a>', esc_url( amparo_get_chat_address( $settings ) ), esc_html( $chat ) );
	$block   = '<div style="margin:4px 0">' . implode( '</div><div style="margin:4px 0">', $lines ) . '</div>';
	return sprintf( '<aside data-amparo-static aria-label="%s" style="%s">%s</aside>', esc_attr( amparo_get_title( $settings ) ), esc_attr( $style ), $block );
}

/**
 * The panel's title; neutral unless the organisation chose one.
 *
 * @param AmparoSettings $settings The settings.
 */
function amparo_get_title( array $settings ): string {
	return '' === $settings['title'] ? __( 'Chat', 'amparo' ) : $settings['title'];
}

/**
 * The exit as a link that works by itself; the loader, or else exit.js, makes it leave without a way back.
 *
 * @param AmparoSettings $settings The settings.
 */
function amparo_get_exit_link( array $settings ): string {
	$style = 'display:inline-flex;align-items:center;min-height:44px;font-weight:600;color:inherit';
	return sprintf(
		'<a href="%s" rel="noreferrer" data-amparo-exit style="%s">✕&nbsp;%s</a>',
		esc_url( $settings['exit_url'] ),
		esc_attr( $style ),
		esc_html__( 'Leave this page', 'amparo' )
	);
}

/**
 * Emergency number, phone and, where the organisation wants it there, WhatsApp. Each a finished line of HTML.
 *
 * @param AmparoSettings $settings The settings.
 * @return list<string>
 */
function amparo_get_phone_lines( array $settings ): array {
	$call  = static function ( string $word, string $number ): string {
		return sprintf( '%s <a href="%s" dir="ltr" style="color:inherit">%s</a>', esc_html( $word ), esc_attr( amparo_get_dial_address( $number ) ), esc_html( $number ) );
	};
	$lines = array();
	if ( '' !== $settings['emergency'] ) {
		$lines[] = $call( __( 'Emergency', 'amparo' ), $settings['emergency'] );
	}
	if ( '' !== $settings['phone'] ) {
		$lines[] = $call( __( 'Call', 'amparo' ), $settings['phone'] );
	}
	if ( array() !== $lines ) {
		$lines[] = '<small>' . esc_html__( 'A call stays in this phone’s list.', 'amparo' ) . '</small>';
	}
	if ( 'page' === $settings['whatsapp_place'] && '' !== $settings['whatsapp'] ) {
		// The warning stands before the link, so that a screen reader says it first.
		$lines[] = sprintf(
			'<small>%s</small> <a href="%s" target="_blank" rel="noopener noreferrer" style="color:inherit">WhatsApp</a>',
			esc_html__( 'WhatsApp shows us your number, and what is written stays on the phone.', 'amparo' ),
			esc_url( 'https://wa.me/' . $settings['whatsapp'] )
		);
	}
	return $lines;
}
