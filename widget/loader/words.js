// The loader's own few words; everything else is said inside the frame. Each language is written in itself.

const WORDS = {
  en: {
    title: 'Chat',
    exit: 'Leave this page',
    leave: 'Leave',
    loading: 'Loading',
    close: 'Close',
    unread: 'new',
    emergency: 'Emergency',
    call: 'Call',
    trace: 'The call stays in this phone’s list.',
    fault: 'The chat cannot open here.',
    tab: 'Open the chat in a new tab',
    code: 'For the website’s team:',
  },
  ar: {
    title: 'محادثة',
    exit: 'مغادرة هذه الصفحة',
    leave: 'مغادرة',
    loading: 'جارٍ التحميل',
    close: 'إغلاق',
    unread: 'جديد',
    emergency: 'الطوارئ',
    call: 'اتصال',
    trace: 'تبقى المكالمة في سجل هذا الهاتف.',
    fault: 'لا يمكن فتح المحادثة هنا.',
    tab: 'فتح المحادثة في نافذة جديدة',
    code: 'لفريق الموقع:',
  },
};

export const words = locale => WORDS[locale] || WORDS.en;
export const direction = locale => (locale === 'ar' ? 'rtl' : 'ltr');
