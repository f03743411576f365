<?php
/**
 * Which other chat was here before, and what it left behind. Looks, and changes nothing.
 *
 * @package Amparo
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Well-known chats by their folder. `kind` says where conversations are: on this website, with the maker, or on phones.
 * `options` are beginnings of option names, `tables` names of tables, where a star stands for anything and a plus for
 * the website's own prefix.
 *
 * @return array<string, array{name: string, kind: 'website'|'maker'|'phone', options: list<string>, tables: list<string>}>
 */
function amparo_get_known_chats(): array {
	$chat = static function ( string $name, string $kind, array $options, array $tables = array() ): array {
		return array(
			'name'    => $name,
			'kind'    => $kind,
			'options' => $options,
			'tables'  => $tables,
		);
	};
	return array(
		'wp-live-chat-support'                    => $chat( 'WP Live Chat Support (3CX)', 'website', array( 'wplc_', 'WPLC_' ), array( '+wplc_*' ) ),
		'wise-chat'                               => $chat( 'Wise Chat', 'website', array( 'wise_chat_' ), array( '+wise_chat_*' ) ),
		'chatlive'                                => $chat( 'Chat Live', 'website', array( 'chatlive' ), array( 'chat_messages', 'chat_sessions', 'chat_options' ) ),
		'tawkto-live-chat'                        => $chat( 'tawk.to', 'maker', array( 'tawkto-' ) ),
		'tidio-live-chat'                         => $chat( 'Tidio', 'maker', array( 'tidio-' ) ),
		'crisp'                                   => $chat( 'Crisp', 'maker', array() ),
		'smartsupp-live-chat'                     => $chat( 'Smartsupp', 'maker', array( 'smartsupp' ) ),
		'zopim-live-chat'                         => $chat( 'Zendesk Chat', 'maker', array( 'zopim' ) ),
		'jivochat'                                => $chat( 'JivoChat', 'maker', array( 'jivosite_' ) ),
		'wp-live-chat-software-for-wordpress'     => $chat( 'LiveChat', 'maker', array() ),
		'facebook-messenger-customer-chat'        => $chat( 'Facebook Messenger', 'maker', array() ),
		'creame-whatsapp-me'                      => $chat( 'Joinchat', 'phone', array( 'joinchat' ) ),
		'click-to-chat-for-whatsapp'              => $chat( 'Click to Chat', 'phone', array( 'ht_ctc_' ) ),
		'chaty'                                   => $chat( 'Chaty', 'phone', array( 'cht_' ) ),
		'wp-whatsapp'                             => $chat( 'WP Chat App', 'phone', array( 'njt_wa_', 'nta_wa_' ) ),
		'wp-whatsapp-chat'                        => $chat( 'Social Chat', 'phone', array( 'qlwapp' ) ),
	);
}

/**
 * The known chats that are here, or were here and left something.
 *
 * @return array<string, array{name: string, kind: string, is_active: bool, is_installed: bool, options: int, tables: list<string>}>
 */
function amparo_find_former_chats(): array {
	require_once ABSPATH . 'wp-admin/includes/plugin.php';
	$files = array();
	foreach ( array_keys( get_plugins() ) as $file ) {
		$files[ dirname( (string) $file ) ] = (string) $file;
	}
	$found = array();
	foreach ( amparo_get_known_chats() as $folder => $chat ) {
		$former = array(
			'name'         => $chat['name'],
			'kind'         => $chat['kind'],
			'is_active'    => isset( $files[ $folder ] ) && is_plugin_active( $files[ $folder ] ),
			'is_installed' => isset( $files[ $folder ] ),
			'options'      => amparo_count_options( $chat['options'] ),
			'tables'       => amparo_find_tables( $chat['tables'] ),
		);
		if ( $former['is_installed'] || $former['options'] > 0 || array() !== $former['tables'] ) {
			$found[ $folder ] = $former;
		}
	}
	return $found;
}

/**
 * How many settings begin like this.
 *
 * @param list<string> $beginnings Of option names.
 */
function amparo_count_options( array $beginnings ): int {
	global $wpdb;
	$count = 0;
	foreach ( $beginnings as $beginning ) {
		// A look at one page of the administration: not worth a cache.
		$names  = $wpdb->get_col( $wpdb->prepare( "SELECT option_name FROM {$wpdb->options} WHERE option_name LIKE %s", $wpdb->esc_like( $beginning ) . '%' ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
		$count += count( preg_grep( '/^' . preg_quote( $beginning, '/' ) . '/', $names ) );
	}
	return $count;
}

/**
 * Which of these tables are in the database.
 *
 * @param list<string> $patterns Names, as amparo_get_known_chats() writes them.
 * @return list<string>
 */
function amparo_find_tables( array $patterns ): array {
	global $wpdb;
	if ( array() === $patterns ) {
		return array();
	}
	$tables = $wpdb->get_col( 'SHOW TABLES' ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
	$found  = array();
	foreach ( $patterns as $pattern ) {
		$wanted = str_replace( array( '\+', '\*' ), array( preg_quote( $wpdb->prefix, '/' ), '.*' ), preg_quote( $pattern, '/' ) );
		$found  = array_merge( $found, preg_grep( '/^' . $wanted . '$/', $tables ) );
	}
	return array_values( $found );
}
