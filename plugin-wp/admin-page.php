<?php
/**
 * The settings form, from the one thing that is needed to what most organisations leave as it is.
 *
 * WordPress's own handler takes it: it checks nonce and capability, and amparo_sanitize_settings() checks the rest.
 *
 * @package Amparo
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/** The whole form. */
function amparo_show_settings(): void {
	$settings = amparo_get_settings();
	// With `novalidate` the browser lets everything through, and the sentence that explains comes from us.
	printf( '<form action="%s" method="post" class="amparo-form" novalidate>', esc_url( admin_url( 'options.php' ) ) );
	settings_fields( 'amparo' );
	echo '<div class="amparo-columns"><div>';
	amparo_show_connection_fields( $settings );
	amparo_show_number_fields( $settings );
	amparo_show_look_fields( $settings );
	amparo_show_place_fields( $settings );
	amparo_show_exit_fields( $settings );
	amparo_show_source_fields( $settings );
	submit_button( '', 'primary', 'submit', true, array( 'data-test' => 'save' ) );
	echo '</div>';
	amparo_show_preview();
	echo '</div></form>';
}

/**
 * The relay, and the button that asks it.
 *
 * @param AmparoSettings $settings The settings.
 */
function amparo_show_connection_fields( array $settings ): void {
	amparo_open_group( __( 'Your relay', 'amparo' ), __( 'Open your console, page “Sites”, copy the tag and paste it here. It fills in everything below.', 'amparo' ) );
	amparo_show_area_field( 'tag', '', __( 'Tag from the console', 'amparo' ) );
	amparo_show_text_field(
		'relay',
		$settings['relay'],
		__( 'Relay address', 'amparo' ),
		__( 'Begins with https. Where your organisation runs Amparo.', 'amparo' ),
		array(
			'type'        => 'url',
			'dir'         => 'ltr',
			'placeholder' => 'https://www2.example.org',
		)
	);
	amparo_show_text_field( 'site_key', $settings['site_key'], __( 'Site key', 'amparo' ), __( 'Says which of your websites this is. 16 letters and digits.', 'amparo' ), array( 'dir' => 'ltr' ) );
	amparo_show_text_field( 'org_key', $settings['org_key'], __( 'Organisation key', 'amparo' ), __( 'With it the visitor’s browser checks for itself who your counselors are. 43 letters and digits.', 'amparo' ), array( 'dir' => 'ltr' ) );
	amparo_close_group();
	// Saving was the press of a button, so what was saved is checked at once. The script cannot tell by itself:
	// WordPress takes this out of the address bar.
	$is_saved = isset( $_GET['settings-updated'] ); // phpcs:ignore WordPress.Security.NonceVerification.Recommended -- only chooses what is shown.
	printf(
		'<p><button type="button" class="button" data-amparo-check data-test="check">%s</button></p><div class="amparo-findings" role="status" data-amparo-findings="%s" data-test="findings" data-waiting="%s" data-failed="%s"></div>',
		esc_html__( 'Check the connection', 'amparo' ),
		$is_saved && '' !== $settings['relay'] ? 'now' : '',
		esc_attr__( 'Asking the relay…', 'amparo' ),
		esc_attr__( 'This website did not answer. Reload the page and try again.', 'amparo' )
	);
}

/**
 * Phone, emergency, WhatsApp.
 *
 * @param AmparoSettings $settings The settings.
 */
function amparo_show_number_fields( array $settings ): void {
	$phone = array(
		'type'  => 'tel',
		'dir'   => 'ltr',
		'class' => 'amparo-short',
	);
	amparo_open_group( __( 'Numbers', 'amparo' ), __( 'Visitors see these also when the relay is down, and without scripts.', 'amparo' ) );
	amparo_show_text_field( 'emergency', $settings['emergency'], __( 'Emergency number', 'amparo' ), '', $phone );
	amparo_show_text_field( 'phone', $settings['phone'], __( 'Your phone', 'amparo' ), '', $phone );
	amparo_show_text_field( 'whatsapp', $settings['whatsapp'], __( 'WhatsApp number', 'amparo' ), __( 'With the country’s code. Leave it empty if you do not answer there.', 'amparo' ), $phone );
	amparo_show_choice_field(
		'whatsapp_place',
		$settings['whatsapp_place'],
		__( 'Where WhatsApp is offered', 'amparo' ),
		array(
			'chat' => __( 'In the chat only, after its warning', 'amparo' ),
			'page' => __( 'Also beside the phone numbers on the page', 'amparo' ),
			'off'  => __( 'Nowhere', 'amparo' ),
		),
		__( 'WhatsApp shows you the visitor’s number and keeps the messages on the phone. The chat does neither.', 'amparo' )
	);
	amparo_close_group();
}

/**
 * Title, side, language.
 *
 * @param AmparoSettings $settings The settings.
 */
function amparo_show_look_fields( array $settings ): void {
	amparo_open_group( __( 'Look', 'amparo' ) );
	amparo_show_text_field( 'title', $settings['title'], __( 'Title', 'amparo' ), __( 'Stands on the button. Keep it plain: somebody else may see the screen. Empty means “Chat”.', 'amparo' ), array( 'maxlength' => '60' ) );
	amparo_show_choice_field(
		'position',
		$settings['position'],
		__( 'Side', 'amparo' ),
		array(
			'end'   => __( 'Where lines end (right; left in Arabic)', 'amparo' ),
			'start' => __( 'Where lines begin (left; right in Arabic)', 'amparo' ),
		)
	);
	$names = array(
		'ar'    => 'العربية',
		'en'    => 'English',
		'es'    => 'español',
		'it'    => 'italiano',
		'pt-BR' => 'português (Brasil)',
		'pt-PT' => 'português (Portugal)',
	);
	$words = array( 'auto' => __( 'The page’s language, or else the browser’s', 'amparo' ) );
	foreach ( amparo_get_widget_locales() as $locale ) {
		$words[ $locale ] = $names[ $locale ] ?? $locale;
	}
	amparo_show_choice_field( 'locale', $settings['locale'], __( 'Language', 'amparo' ), $words, __( 'Visitors can always choose another one in the chat.', 'amparo' ) );
	amparo_close_group();
}

/**
 * On which pages.
 *
 * @param AmparoSettings $settings The settings.
 */
function amparo_show_place_fields( array $settings ): void {
	$patterns = __( 'One address in each line, such as /help/ or /help/*. A star stands for anything.', 'amparo' );
	amparo_open_group( __( 'Where to show the chat', 'amparo' ) );
	amparo_show_choice_field(
		'show',
		$settings['show'],
		__( 'Show it', 'amparo' ),
		array(
			'everywhere' => __( 'On every page', 'amparo' ),
			'chosen'     => __( 'On these pages only', 'amparo' ),
		)
	);
	amparo_show_pages_field( $settings['pages'] );
	amparo_show_area_field( 'patterns', implode( "\n", $settings['patterns'] ), __( 'And on these addresses', 'amparo' ), $patterns );
	amparo_show_area_field( 'never', implode( "\n", $settings['never'] ), __( 'Never on', 'amparo' ), $patterns );
	amparo_close_group();
}

/**
 * The website's pages to tick.
 *
 * @param list<int> $chosen Which are ticked.
 */
function amparo_show_pages_field( array $chosen ): void {
	$label = __( 'Pages', 'amparo' );
	printf( '<tr data-row="pages"><th scope="row">%s</th><td><fieldset class="amparo-pages" tabindex="0"><legend class="screen-reader-text">%s</legend>', esc_html( $label ), esc_html( $label ) );
	// So that unticking the last one is sent as well.
	printf( '<input type="hidden" name="%s" value="0">', esc_attr( amparo_get_field_name( 'pages' ) . '[]' ) );
	$pages = get_pages( array( 'number' => 300 ) );
	foreach ( is_array( $pages ) ? $pages : array() as $page ) {
		$title = '' === trim( $page->post_title ) ? '#' . $page->ID : $page->post_title;
		printf(
			'<label><input type="checkbox" name="%s" value="%d" data-test="page-%s"%s> %s</label><br>',
			esc_attr( amparo_get_field_name( 'pages' ) . '[]' ),
			(int) $page->ID,
			esc_attr( $page->post_name ),
			checked( in_array( $page->ID, $chosen, true ), true, false ),
			esc_html( $title )
		);
	}
	echo '</fieldset>';
	amparo_close_row( 'pages' );
}

/**
 * The exit and where it leads.
 *
 * @param AmparoSettings $settings The settings.
 */
function amparo_show_exit_fields( array $settings ): void {
	amparo_open_group( __( 'Exit', 'amparo' ), __( 'A press on it leaves the website at once, and Back does not show the page again. The visit stays in the browser’s history.', 'amparo' ) );
	amparo_show_choice_field(
		'exit',
		$settings['exit'],
		__( 'Show the exit', 'amparo' ),
		array(
			'page' => __( 'On pages with the chat', 'amparo' ),
			'site' => __( 'On the whole website', 'amparo' ),
			'chat' => __( 'In the open chat only', 'amparo' ),
		)
	);
	amparo_show_text_field(
		'exit_url',
		$settings['exit_url'],
		__( 'It leads to', 'amparo' ),
		__( 'A page that anybody might have open: weather, news, an encyclopedia.', 'amparo' ),
		array(
			'type' => 'url',
			'dir'  => 'ltr',
		)
	);
	amparo_close_group();
}

/**
 * Who serves the program, and whether it may change.
 *
 * @param AmparoSettings $settings The settings.
 */
function amparo_show_source_fields( array $settings ): void {
	amparo_open_group( __( 'Where the program comes from', 'amparo' ), __( 'Most organisations leave this as it is.', 'amparo' ) );
	$choices = array( 'relay' => __( 'From the relay', 'amparo' ) );
	$help    = __( 'This copy of the plugin comes without the widget’s files; the one to install has them.', 'amparo' );
	if ( amparo_has_widget_files() ) {
		$choices['site'] = __( 'From this website: the relay then serves no program at all', 'amparo' );
		/* translators: %s: a version. */
		$help = sprintf( __( 'This plugin brings version %s. It changes only when you update the plugin.', 'amparo' ), amparo_get_widget_version() );
	}
	amparo_show_choice_field( 'source', amparo_is_served_here( $settings ) ? 'site' : 'relay', __( 'The chat’s program comes', 'amparo' ), $choices, $help );
	amparo_show_text_field( 'version', $settings['version'], __( 'Pinned version', 'amparo' ), __( 'Empty: the relay’s own version, with every update. Pinned: exactly this program, whatever the relay serves later; pin again after updates of the relay.', 'amparo' ), array( 'dir' => 'ltr' ) );
	amparo_show_text_field( 'integrity', $settings['integrity'], __( 'Its hash', 'amparo' ), '', array( 'dir' => 'ltr' ) );
	amparo_close_group();
	printf( '<p><button type="button" class="button" data-amparo-pin data-test="pin">%s</button></p>', esc_html__( 'Pin the version that the relay runs now', 'amparo' ) );
}

/**
 * The real tag in a page of its own, with the form as it stands. Works without scripts: the button sends the form there,
 * and its own `action` comes after the form's, so that it is the one that counts.
 */
function amparo_show_preview(): void {
	printf(
		'<div class="amparo-preview"><h2>%1$s</h2><p>%2$s</p><p><button type="submit" class="button" name="action" value="amparo_preview" formaction="%3$s" formtarget="amparo-preview" data-test="preview">%4$s</button></p><iframe name="amparo-preview" title="%1$s" data-test="preview-frame"></iframe></div>',
		esc_html__( 'Preview', 'amparo' ),
		esc_html__( 'The real chat, with the form as it stands now. Opening it connects to your relay.', 'amparo' ),
		esc_url( admin_url( 'admin-ajax.php' ) ),
		esc_html__( 'Show the preview', 'amparo' )
	);
}
