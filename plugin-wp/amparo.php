<?php
/**
 * Plugin Name:       Amparo
 * Plugin URI:        https://example.org/amparo
 * Description:       Lets visitors of your website talk with a volunteer counselor through your organisation's own relay. The plugin only prints the tag: it never sees a conversation.
 * Version:           0.1.0
 * Requires at least: 6.1
 * Requires PHP:      7.4
 * Author:            The Amparo contributors
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:       amparo
 * Domain Path:       /languages
 *
 * @package Amparo
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

const AMPARO_FILE    = __FILE__;
const AMPARO_VERSION = '0.1.0';

require_once __DIR__ . '/address.php';
require_once __DIR__ . '/html.php';
require_once __DIR__ . '/settings.php';
require_once __DIR__ . '/placement.php';
require_once __DIR__ . '/widget-files.php';
require_once __DIR__ . '/optimisers.php';
require_once __DIR__ . '/tag.php';
require_once __DIR__ . '/front.php';
require_once __DIR__ . '/blocks.php';
require_once __DIR__ . '/languages.php';
require_once __DIR__ . '/relay.php';
require_once __DIR__ . '/page-check.php';
require_once __DIR__ . '/health.php';
require_once __DIR__ . '/privacy.php';
require_once __DIR__ . '/moving.php';
require_once __DIR__ . '/admin.php';
require_once __DIR__ . '/admin-fields.php';
require_once __DIR__ . '/admin-page.php';
require_once __DIR__ . '/admin-moving.php';
require_once __DIR__ . '/admin-answers.php';
