<?php
/**
 * The page for those who had another chat before: what is here, what it leaves behind, how to switch it off.
 *
 * @package Amparo
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/** The whole page. It deletes nothing by itself, and says so. */
function amparo_show_moving(): void {
	$chats = amparo_find_former_chats();
	printf( '<p>%s</p>', esc_html__( 'Two chats on one page confuse visitors, and the other one may go on recording them. This page looks for well-known chats and changes nothing.', 'amparo' ) );
	if ( array() === $chats ) {
		printf( '<p data-test="moving-none">%s</p>', esc_html__( 'None of the chats that this page knows is here. One that was pasted into the theme is not seen.', 'amparo' ) );
	}
	foreach ( $chats as $folder => $chat ) {
		printf( '<div class="card" data-test="moving-%s"><h2>%s</h2><p><strong>%s</strong></p><ul class="ul-disc"><li>%s</li></ul></div>', esc_attr( $folder ), esc_html( $chat['name'] ), esc_html( amparo_get_chat_state( $chat ) ), implode( '</li><li>', array_map( 'esc_html', amparo_get_moving_steps( $chat ) ) ) ); // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- each step is escaped.
	}
}

/**
 * Whether it runs, lies there, or is gone.
 *
 * @param array{is_active: bool, is_installed: bool} $chat As found.
 */
function amparo_get_chat_state( array $chat ): string {
	if ( $chat['is_active'] ) {
		return __( 'It is running on your website now.', 'amparo' );
	}
	return $chat['is_installed'] ? __( 'It is installed and switched off.', 'amparo' ) : __( 'The plugin is gone. Something of it is still in the database.', 'amparo' );
}

/**
 * What it leaves, and what to do, in order.
 *
 * @param array{name: string, kind: string, is_active: bool, is_installed: bool, options: int, tables: list<string>} $chat As found.
 * @return list<string>
 */
function amparo_get_moving_steps( array $chat ): array {
	$where = array(
		'website' => __( 'It keeps conversations in this website’s database. They stay there when it is switched off.', 'amparo' ),
		'maker'   => __( 'Conversations are with its maker. Sign in there and delete them, then close the account; switching the plugin off does neither.', 'amparo' ),
		'phone'   => __( 'Conversations are on your phones and with WhatsApp. Delete them there if your rules ask for it.', 'amparo' ),
	);
	$steps = array( $where[ $chat['kind'] ] );
	if ( $chat['is_active'] ) {
		$steps[] = __( 'To switch it off: Plugins, find its name, Deactivate.', 'amparo' );
	}
	if ( $chat['is_installed'] ) {
		$steps[] = __( 'To remove it: Plugins, Delete. Some plugins take their data with them, others do not; come back to this page afterwards.', 'amparo' );
	}
	if ( array() !== $chat['tables'] ) {
		/* translators: %s: names of tables. */
		$steps[] = sprintf( __( 'In the database: the tables %s. They may hold conversations, names and addresses. Whoever looks after the website can save what you must keep and drop them.', 'amparo' ), implode( ', ', $chat['tables'] ) );
	}
	if ( $chat['options'] > 0 ) {
		/* translators: %d: a number. */
		$steps[] = sprintf( _n( 'In the database: %d setting.', 'In the database: %d settings.', $chat['options'], 'amparo' ), $chat['options'] );
	}
	if ( 'maker' === $chat['kind'] ) {
		$steps[] = __( 'Cookies that it has set stay in visitors’ browsers until they expire. Take it out of your privacy policy once it is gone.', 'amparo' );
	}
	return $steps;
}
